using Ingestion.Backends.ObjectStore.Files;
using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.Files;

/// <summary>One writer an upload: once a writer is in, no earlier one touches the file any more.</summary>
public sealed class OpenWritersTests
{
    private const string VideoId = "0190163d8694739b8ec16fb0de1b5fb5";

    private readonly ManualTime _time = new();
    private readonly OpenWriters _writers;

    public OpenWritersTests() => _writers = new OpenWriters(_time);

    [Fact]
    public async Task ThirdWriterWaitsForTheFirst_WhenTheSecondOneStillDoes()
    {
        var (first, second, third) = (new Writer(1), new Writer(2), new Writer(3));
        await _writers.EnterAsync(first);
        var entering = _writers.EnterAsync(second);
        // Nothing of the second one's own is under way: a writer that waits for it alone gets in within the call.
        second.Idle();
        var last = _writers.EnterAsync(third);
        // What the first one is at may still cut the file to its own length.
        Assert.False(entering.IsCompleted || last.IsCompleted);
        first.Idle();
        await Task.WhenAll(entering, last).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task OlderWriterIsRefused_AlsoWhenTheNewerOneHasLeft()
    {
        var (older, newer) = (new Writer(1), new Writer(2));
        await _writers.EnterAsync(newer);
        await Assert.ThrowsAsync<WriterFencedException>(() => _writers.EnterAsync(older));
        _writers.Leave(newer);
        _writers.Leave(older);
        await Assert.ThrowsAsync<WriterFencedException>(() => _writers.EnterAsync(older));
        // The same lease may open another writer, and a newer one does not wait.
        await _writers.EnterAsync(new Writer(2));
        var last = new Writer(3);
        last.Idle();
        Assert.False(_writers.EnterAsync(last).IsCompleted);
    }

    [Fact]
    public async Task LeaseIsForgotten_WhenNoWriterCanHoldAnOlderOne()
    {
        var newer = new Writer(2);
        await _writers.EnterAsync(newer);
        _writers.Leave(newer);
        _time.Advance(IObjectStore.FenceLasts + TimeSpan.FromSeconds(1));
        var other = new Writer(1, "0190163d8694739b8ec16fb0de1b5fb6");
        await _writers.EnterAsync(other);
        _writers.Leave(other);
        await _writers.EnterAsync(new Writer(1));
    }

    [Fact]
    public async Task FenceWaitsForTheOlderWriterAndNotForItsOwn()
    {
        var (older, own) = (new Writer(1), new Writer(2));
        await _writers.EnterAsync(older);
        var fencing = _writers.FenceAsync(VideoId, 2);
        var entering = _writers.EnterAsync(own);
        Assert.False(fencing.IsCompleted || entering.IsCompleted);
        // Repeated while the first still waits.
        var again = _writers.FenceAsync(VideoId, 2);
        Assert.False(again.IsCompleted);
        older.Idle();
        await Task.WhenAll(fencing, entering, again).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task FenceIsRemembered_UntilItExpires()
    {
        await _writers.FenceAsync(VideoId, 2);
        _time.Advance(IObjectStore.FenceLasts);
        await _writers.FenceAsync("0190163d8694739b8ec16fb0de1b5fb6", 2);
        await Assert.ThrowsAsync<WriterFencedException>(() => _writers.EnterAsync(new Writer(1)));
        _time.Advance(TimeSpan.FromSeconds(1));
        await _writers.FenceAsync("0190163d8694739b8ec16fb0de1b5fb7", 2);
        await _writers.EnterAsync(new Writer(1));
    }

    /// <summary>A writer with an operation under way until it is idle.</summary>
    private sealed class Writer(long epoch, string videoId = VideoId) : IFencedWriter
    {
        private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public WriterStart Start { get; } = new(ObjectKey.Source(videoId), "", PartPlan.For(null, long.MaxValue, 1 << 20), 0, null, epoch, null);

        public void Idle() => _idle.TrySetResult();

        public Task FenceAsync() => _idle.Task;
    }
}
