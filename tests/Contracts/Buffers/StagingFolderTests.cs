using Ingestion.Backends.Buffers;
using Xunit;

namespace Ingestion.Tests.Contracts.Buffers;

public sealed class StagingFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task File_LeavesNothingBehind_EvenWhenTheProcessEnds()
    {
        var staging = new StagingFolder(_folder.Path);
        var file = await staging.CreateAsync("id", 1, default);
        await file.AppendAsync(new byte[] { 1, 2 }, default);
        await file.AppendAsync(new byte[] { 3 }, default);
        Assert.Equal(3, staging.Bytes);
        Assert.Empty(_folder.Files);
        var read = new byte[10];
        Assert.Equal(2, await file.ReadAsync(read, 1, default));
        Assert.Equal([2, 3], read[..2]);
        file.Dispose();
        file.Dispose();
        Assert.Equal(0, staging.Bytes);
    }

    [Fact]
    public async Task Leftovers_AreSwept_AtStartAndByAge()
    {
        await File.WriteAllTextAsync(_folder.In("left"), "");
        var staging = new StagingFolder(_folder.Path);
        Assert.Empty(_folder.Files);
        var now = TimeProvider.System.GetUtcNow();
        await File.WriteAllTextAsync(_folder.In("old"), "");
        await File.WriteAllTextAsync(_folder.In("new"), "");
        File.SetLastWriteTimeUtc(_folder.In("old"), now.AddHours(-2).UtcDateTime);
        Assert.Equal(1, await staging.SweepAsync(now.AddHours(-1), default));
        Assert.Equal("new", Assert.Single(_folder.Files));
    }
}
