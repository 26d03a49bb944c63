using System.Text;
using Ingestion.Backends.GrainStorage;
using Orleans.Storage;

namespace Ingestion.Tests.Unit.GrainStorage;

/// <summary>What is special about files; what every storage does is in the contract suite.</summary>
public sealed class FileGrainStorageTests : IDisposable
{
    private static readonly GrainId _grain = GrainId.Create("note", "ann");

    private readonly TempFolder _folder = new();
    private readonly FileGrainStorage _storage;

    public FileGrainStorageTests() => _storage = new FileGrainStorage(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_IsRefusedWithBothTags_WhenTheETagIsOld()
    {
        var mine = await WriteAsync(_grain, "1");
        var other = await ReadAsync(_storage, _grain);
        await _storage.WriteStateAsync("note", _grain, other);

        var refusal = await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("note", _grain, mine));
        Assert.Equal((other.ETag, mine.ETag), (refusal.StoredEtag, refusal.CurrentEtag));
        refusal = await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.ClearStateAsync("note", _grain, mine));
        Assert.Equal((other.ETag, mine.ETag), (refusal.StoredEtag, refusal.CurrentEtag));
        Assert.Equal(other.ETag, (await ReadAsync(_storage, _grain)).ETag);
    }

    [Fact]
    public async Task Clear_LeavesNoFileAndAFreshState_WhenThereWasOne()
    {
        var state = await WriteAsync(_grain, "secret");
        await _storage.ClearStateAsync("note", _grain, state);
        Assert.Equal((false, null, ""), (state.RecordExists, state.ETag, state.State!.Text));
        Assert.Empty(_folder.Files);
        Assert.Empty(Directory.EnumerateDirectories(_folder.Path, "ann", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("{\"eTag\":\"1\",\"state\":{\"text\":\"ha")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"eTag\":null,\"state\":{\"text\":\"\"}}")]
    [InlineData("{\"eTag\":\"1\",\"state\":{\"text\":5}}")]
    [InlineData("not json")]
    public async Task Read_NamesTheFile_WhenItIsDamaged(string content)
    {
        await WriteAsync(_grain, "good");
        var file = _folder.In(Assert.Single(_folder.Files));
        await File.WriteAllTextAsync(file, content);
        var damage = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(_storage, _grain));
        Assert.Contains(file, damage.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0")]
    [InlineData("{}")]
    public async Task Write_NamesTheFileAndLeavesIt_WhenItIsDamaged(string content)
    {
        var state = await WriteAsync(_grain, "good");
        var file = _folder.In(Assert.Single(_folder.Files));
        await File.WriteAllTextAsync(file, content);
        var damage = await Assert.ThrowsAsync<InvalidDataException>(() => _storage.WriteStateAsync("note", _grain, state));
        Assert.Contains(file, damage.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task LeftoverOfACrash_DoesNoHarm_WhenTheStateIsReadAndWritten()
    {
        var state = await WriteAsync(_grain, "good");
        await File.WriteAllTextAsync(_folder.In(_folder.Files[0]) + ".tmp", "{\"eTag\":\"99\",\"sta");
        Assert.Equal("good", (await ReadAsync(_storage, _grain)).State!.Text);
        state.State = new Note { Text = "better" };
        await _storage.WriteStateAsync("note", _grain, state);
        Assert.Equal("better", (await ReadAsync(_storage, _grain)).State!.Text);
        Assert.Single(_folder.Files);
    }

    [Fact]
    public async Task FileStartsWithItsETag_WhenTheStateIsLong()
    {
        await WriteAsync(_grain, new string('x', 1_000_000));
        var start = (await File.ReadAllBytesAsync(_folder.In(_folder.Files[0])))[..64];
        Assert.Equal("1", ETags.FromStartOf(start));
        Assert.Null(ETags.FromStartOf(start.AsSpan(0, 10)));
        Assert.Null(ETags.FromStartOf(Encoding.UTF8.GetBytes("{\"etag\":\"1\"}")));
    }

    private async Task<GrainState<Note>> WriteAsync(GrainId grain, string text)
    {
        var state = new GrainState<Note>(new Note { Text = text });
        await _storage.WriteStateAsync("note", grain, state);
        return state;
    }

    private static async Task<GrainState<Note>> ReadAsync(FileGrainStorage storage, GrainId grain)
    {
        var state = new GrainState<Note>();
        await storage.ReadStateAsync("note", grain, state);
        return state;
    }
}
