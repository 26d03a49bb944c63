using Ingestion.Backends.Buffers;
using Xunit;

namespace Ingestion.Tests.ObjectStores.Buffers;

public sealed class StagingFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ingestion-staging-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task File_LeavesNothingBehind_EvenWhenTheProcessEnds()
    {
        var staging = new StagingFolder(_folder.FullName);
        var file = await staging.CreateAsync("id", 1, default);
        await file.AppendAsync(new byte[] { 1, 2 }, default);
        await file.AppendAsync(new byte[] { 3 }, default);
        Assert.Equal(3, staging.Bytes);
        Assert.Empty(_folder.EnumerateFiles());
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
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "left"), "");
        var staging = new StagingFolder(_folder.FullName);
        Assert.Empty(_folder.EnumerateFiles());
        var now = TimeProvider.System.GetUtcNow();
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "old"), "");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "new"), "");
        File.SetLastWriteTimeUtc(Path.Combine(_folder.FullName, "old"), now.AddHours(-2).UtcDateTime);
        Assert.Equal(1, await staging.SweepAsync(now.AddHours(-1), default));
        Assert.Equal("new", Assert.Single(_folder.EnumerateFiles()).Name);
    }
}
