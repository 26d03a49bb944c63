using Ingestion.Grains.Storage;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Storage;

public class SaveTests
{
    private static readonly IOException _full = new("The disk is full.");
    private static readonly GrainId _grain = GrainId.Create("words", "one");

    private readonly MemoryStorage _storage = new();
    private readonly List<Exception> _unreadable = [];

    [Fact]
    public async Task State_IsTheNextOne_WhenItIsStored()
    {
        var stored = new StoredWord(_storage);
        await stored.SaveAsync(new Word("a"), _unreadable.Add);
        Assert.Equal("a", stored.State.Text);
        Assert.Equal("a", (await ReadAsync()).Text);
        Assert.Single(_storage.Calls, call => call.Op is StorageOp.Write);
    }

    [Theory]
    [InlineData(false, "a")]
    [InlineData(true, "b")]
    public async Task State_IsWhatIsStored_WhenTheWriteFails(bool afterEffect, string expected)
    {
        var stored = new StoredWord(_storage);
        await stored.SaveAsync(new Word("a"), _unreadable.Add);
        _storage.FailOnce(call => call.Op is StorageOp.Write, _full, afterEffect);

        Assert.Same(_full, await Assert.ThrowsAsync<IOException>(() => stored.SaveAsync(new Word("b"), _unreadable.Add)));
        Assert.Equal(expected, stored.State.Text);
        Assert.Empty(_unreadable);
        await stored.SaveAsync(new Word("c"), _unreadable.Add);
        Assert.Equal("c", (await ReadAsync()).Text);
    }

    [Fact]
    public async Task OldStateStaysAndTheGrainIsNotified_WhenTheStateCannotBeReadEither()
    {
        var stored = new StoredWord(_storage);
        await stored.SaveAsync(new Word("a"), _unreadable.Add);
        _storage.Before = _ => Task.FromException(_full);

        await Assert.ThrowsAsync<IOException>(() => stored.SaveAsync(new Word("b"), _unreadable.Add));
        Assert.Equal("a", stored.State.Text);
        Assert.Same(_full, Assert.Single(_unreadable));
    }

    private async Task<Word> ReadAsync()
    {
        var stored = new StoredWord(_storage);
        await stored.ReadStateAsync();
        return stored.State;
    }

    private sealed record Word(string Text)
    {
        public Word()
            : this("")
        {
        }
    }

    /// <summary>A grain's state as Orleans makes it, without the grain.</summary>
    private sealed class StoredWord(MemoryStorage storage) : IPersistentState<Word>
    {
        private readonly GrainState<Word> _state = new(new Word());

        public Word State
        {
            get => _state.State!;
            set => _state.State = value;
        }

        public string? Etag => _state.ETag;

        public bool RecordExists => _state.RecordExists;

        public Task ReadStateAsync() => storage.ReadStateAsync("word", _grain, _state);

        public Task WriteStateAsync() => storage.WriteStateAsync("word", _grain, _state);

        public Task ClearStateAsync() => storage.ClearStateAsync("word", _grain, _state);
    }
}
