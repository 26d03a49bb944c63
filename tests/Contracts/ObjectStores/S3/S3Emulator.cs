using Amazon.Runtime;
using Amazon.S3;
using Ingestion.Backends.ObjectStore.Inventory;
using Ingestion.Backends.ObjectStore.S3;
using Ingestion.Tests.Contracts.ObjectStores.Contract;
using Ingestion.Tests.Support.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.S3;

/// <summary>An S3 emulator for the tests of a class.</summary>
public sealed class S3Emulator : IAsyncLifetime
{
    /// <summary>S3 takes no smaller parts, but for the last.</summary>
    public const int PartSize = 5 << 20;

    private NpmServer? _fauxqs;

    public string Url => _fauxqs!.Url;

    public async Task InitializeAsync() => _fauxqs = await NpmServer.TryStartFauxqsAsync();

    public async Task DisposeAsync()
    {
        if (_fauxqs is not null)
            await _fauxqs.DisposeAsync();
    }

    /// <summary>A store in a bucket of its own.</summary>
    internal async Task<StoreUnderTest> OpenAsync(StoreUnderTest test, Action<S3ObjectStoreOptions>? configure = null)
    {
        var options = new S3ObjectStoreOptions { ServiceUrl = Url, PathStyle = true, Bucket = Guid.NewGuid().ToString("N"), Prefix = "videos/",
            PartMebibytes = 5, RetrySeconds = 30 };
        configure?.Invoke(options);
        using (var control = CreateClient(options, Url))
            await control.PutBucketAsync(options.Bucket);
        var client = CreateClient(options, options.ServiceUrl!);
        return test.With(
            new S3ObjectStore(client, options, 1L << 40, test.Buffers, metrics: null, NullLogger<S3ObjectStore>.Instance),
            new S3Objects(CreateClient(options, Url), options, TimeProvider.System), PartSize, new Closing(client));
    }

    private static AmazonS3Client CreateClient(S3ObjectStoreOptions options, string url)
    {
        var config = S3Client.Configure(options);
        config.ServiceURL = url;
        return new AmazonS3Client(new BasicAWSCredentials("test", "test"), config);
    }

    private sealed class Closing(AmazonS3Client client) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            client.Dispose();
            return default;
        }
    }
}
