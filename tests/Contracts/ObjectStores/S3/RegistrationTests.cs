using Ingestion.Backends.Buffers;
using Ingestion.Backends.ObjectStore.Files;
using Ingestion.Backends.ObjectStore.S3;
using Ingestion.Silos;
using Ingestion.Uploads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.S3;

public sealed class RegistrationTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task BothStores_AreRegisteredWithTheirBuffers()
    {
        var services = new ServiceCollection().AddLogging().AddUploadBuffers(_folder.In("staging"), buffers => buffers.LimitMebibytes = 7);
        await using var s3 = services.AddS3ObjectStore(1L << 30, options => (options.Bucket, options.Region) = ("videos", "eu-central-1"))
            .BuildServiceProvider();
        Assert.IsType<S3ObjectStore>(s3.GetRequiredService<IObjectStore>());
        Assert.Same(s3.GetRequiredService<IObjectStore>(), s3.GetRequiredService<IDirectUploads>());
        Assert.Equal(7L << 20, s3.GetRequiredService<IBufferBudget>().LimitBytes);
        Assert.NotNull(s3.GetRequiredService<StagingFolder>());

        await using var file = new ServiceCollection().AddLogging().AddUploadBuffers(_folder.In("staging"), _ => { })
            .AddFileObjectStore(_folder.Path).BuildServiceProvider();
        Assert.IsType<FileObjectStore>(file.GetRequiredService<IObjectStore>());
        Assert.Same(file.GetRequiredService<IObjectStore>(), file.GetRequiredService<IDirectUploads>());
        Assert.Equal(96L << 20, file.GetRequiredService<IBufferBudget>().LimitBytes);
    }

    [Fact]
    public async Task WrongSettings_AreReported_WhenTheStoreIsMade()
    {
        await using var services = new ServiceCollection().AddLogging().AddUploadBuffers(_folder.In("staging"), _ => { })
            .AddS3ObjectStore(1L << 30, _ => { }).BuildServiceProvider();
        Assert.Throws<OptionsValidationException>(services.GetRequiredService<IObjectStore>);
    }
}
