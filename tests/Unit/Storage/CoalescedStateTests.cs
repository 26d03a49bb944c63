using Ingestion.Grains.Storage;
using Ingestion.Tests.Unit.Infrastructure;
using Orleans.Storage;

namespace Ingestion.Tests.Unit.Storage;

public class CoalescedStateTests
{
    private static readonly IOException _full = new("The disk is full.");

    private readonly MemoryStorage _storage = new();

    [Fact]
    public Task Changes_ShareTheNextWriteAndReturnAfterIt_WhenOneIsUnderWay() => Turns.RunAsync(async () =>
    {
        var words = Open();
        var barrier = new Gate();
        _storage.Before = call => call.Op is StorageOp.Write ? barrier.PassAsync() : Task.CompletedTask;
        var first = AddAsync(words, "a");
        await barrier.Reached;
        var others = Enumerable.Range(0, 299).Select(i => AddAsync(words, $"{i}")).ToArray();
        Assert.Empty(words.Value.Items);
        Assert.DoesNotContain(others, change => change.IsCompleted);

        barrier.Open();
        Assert.Equal(1, await first);
        Assert.Equal(Enumerable.Range(2, 299), await Task.WhenAll(others));
        Assert.Equal(2, _storage.Writes.Count());
        Assert.Equal(300, (await ReadAsync()).Items.Count);
    });

    [Fact]
    public Task Change_CostsNoWriteAndIsSeen_WhenItLeavesNothingToStore() => Turns.RunAsync(async () =>
    {
        var words = Open();
        await AddAsync(words, "a", durable: false);
        Assert.Equal(["a"], words.Value.Items);
        Assert.Empty(_storage.Writes);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task AllOfAWriteFailAndNoneCounts_UnlessItReachedTheStorage(bool afterEffect) => Turns.RunAsync(async () =>
    {
        var words = Open();
        await AddAsync(words, "a");
        var barrier = new Gate();
        _storage.Before = _ => barrier.PassAsync();
        var first = AddAsync(words, "b");
        await barrier.Reached;
        Task[] doomed = [AddAsync(words, "x"), AddAsync(words, "y", durable: false)];
        _storage.Before = _ => Task.CompletedTask;
        barrier.Open();
        _storage.FailOnce(call => call.Op is StorageOp.Write && ++_writes == (afterEffect ? 2 : 1), _full, afterEffect);

        Assert.Equal(2, await first);
        foreach (var change in doomed)
            await Assert.ThrowsAsync<IOException>(() => change);
        Assert.Equal(afterEffect ? 5 : 3, await AddAsync(words, "c"));
        Assert.Equal(afterEffect ? "a b x y c" : "a b c", string.Join(' ', words.Value.Items));
    });

    [Fact]
    public Task ChangesThatWait_AreAppliedToWhatIsStored_WhenTheWriteBeforeThemFails() => Turns.RunAsync(async () =>
    {
        var words = Open();
        var barrier = new Gate();
        _storage.Before = async call =>
        {
            if (call.Op is not StorageOp.Write)
                return;
            await barrier.PassAsync();
            _storage.Before = _ => Task.CompletedTask;
            throw _full;
        };
        var doomed = AddAsync(words, "x");
        await barrier.Reached;
        var waiting = AddAsync(words, "a");
        barrier.Open();
        await Assert.ThrowsAsync<IOException>(() => doomed);
        Assert.Equal(1, await waiting);
        Assert.Equal(["a"], (await ReadAsync()).Items);
    });

    [Fact]
    public Task State_Continues_WhenAnotherActivationHasWrittenMeanwhile() => Turns.RunAsync(async () =>
    {
        var old = Open();
        await AddAsync(old, "a");
        await AddAsync(Open(), "b");
        await Assert.ThrowsAsync<InconsistentStateException>(() => AddAsync(old, "x"));
        Assert.Equal(3, await AddAsync(old, "c"));
        Assert.Equal(["a", "b", "c"], (await ReadAsync()).Items);
    });

    [Fact]
    public Task WhatIsNotStored_IsHandedOn_WhenTheStateIsReadAgain() => Turns.RunAsync(async () =>
    {
        var words = Open((fresh, before) => new LogSegment<string> { Items = [.. fresh.Items, .. before.Items.Where(item => item!.StartsWith('~'))] });
        await AddAsync(words, "~memory", durable: false);
        _storage.FailOnce(call => call.Op is StorageOp.Write, _full);
        await Assert.ThrowsAsync<IOException>(() => AddAsync(words, "x"));
        await words.LoadAsync();
        Assert.Equal(["~memory"], words.Value.Items);
    });

    [Fact]
    public Task WaitingChanges_FailAndALaterOneWorks_WhenTheStorageCannotBeRead() => Turns.RunAsync(async () =>
    {
        var words = Open();
        _storage.Before = _ => Task.FromException(_full);
        await Assert.ThrowsAsync<IOException>(() => AddAsync(words, "x"));
        Assert.False(words.IsLoaded);
        Assert.Throws<InvalidOperationException>(() => words.Value);
        _storage.Before = _ => Task.CompletedTask;
        Assert.Equal(1, await AddAsync(words, "a"));
    });

    [Fact]
    public Task Record_IsGone_WhenCleared() => Turns.RunAsync(async () =>
    {
        var words = Open();
        await words.ClearAsync();
        Assert.DoesNotContain(_storage.Calls, call => call.Op is StorageOp.Clear);
        await AddAsync(words, "a");
        await words.ClearAsync();
        Assert.Empty(_storage.Records);
    });

    private int _writes;

    private CoalescedState<LogSegment<string>> Open(Func<LogSegment<string>, LogSegment<string>, LogSegment<string>>? reloaded = null) =>
        new(_storage, GrainId.Create("words", "one"), "words") { Reloaded = reloaded ?? ((fresh, _) => fresh) };

    private async Task<LogSegment<string>> ReadAsync()
    {
        var words = Open();
        await words.LoadAsync();
        return words.Value;
    }

    private static Task<int> AddAsync(CoalescedState<LogSegment<string>> words, string word, bool durable = true) =>
        words.ChangeAsync(state => new StateChange<LogSegment<string>,
            int>(new LogSegment<string> { Items = [.. state.Items, word] }, state.Items.Count + 1, durable));
}
