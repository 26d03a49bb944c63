using Ingestion.Grains.Silos.Evidence;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Ingestion.Tests.Unit.Silos.Evidence;

/// <summary>The last files are kept, and never so many that they fill a disk.</summary>
public sealed class EvidenceFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("evidence");
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task LastEightAreKept()
    {
        var files = Files(Path.Combine(_folder.FullName, "evidence"));
        var kept = new List<string?>();
        for (byte i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            kept.Add(await files.KeepAsync(new[] { i }, CancellationToken.None));
        }

        Assert.Equal(kept[^8..], Directory.GetFiles(Path.Combine(_folder.FullName, "evidence")).Order());
        Assert.Equal([19], await File.ReadAllBytesAsync(kept[^1]!));
    }

    [Fact]
    public async Task NothingIsKept_WhereThatIsNotPossible()
    {
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "");
        Assert.Null(await Files(file).KeepAsync(new byte[1], CancellationToken.None));
        Assert.Null(await Files(path: null).KeepAsync(new byte[1], CancellationToken.None));
        Assert.Null(await Files(_folder.FullName).KeepAsync(new byte[(1024 * 1024) + 1], CancellationToken.None));
        Assert.Equal([file], Directory.GetFiles(_folder.FullName));
    }

    private EvidenceFiles Files(string? path) => new(new EvidenceFolder(path), _time, NullLogger<EvidenceFiles>.Instance);
}
