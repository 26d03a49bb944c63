using Ingestion.Tests.Unit.Infrastructure;
using Orleans.Storage;

namespace Ingestion.Tests.Unit.Storage;

public class FailureTests
{
    private static readonly IOException _full = new("The disk is full.");

    [Theory]
    [InlineData(1)] // The segment alone is written.
    [InlineData(4)] // A new one is started.
    public Task Retry_LeavesNoGapAndNoDuplicate_WhenTheWriteFailed(int before) => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(before);
        fixture.Storage.FailOnce(call => call.Op is StorageOp.Write, _full);

        Assert.Same(_full, await Assert.ThrowsAsync<IOException>(() => log.AppendAsync(["x"])));
        Assert.Equal(before, fixture.Committed.Count);

        Assert.Equal(before + 1, await log.AppendAsync([LogFixture.Word(before + 1)]));
        long[] all = [.. Enumerable.Range(1, before + 1)];
        Assert.Equal(LogFixture.Items(all), await log.ReadForwardsAsync(0));
        Assert.Equal(LogFixture.Items(all), fixture.Committed);
    });

    [Fact]
    public Task Offsets_StayUnique_WhenAFailedWriteHadReachedTheStorage() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(2);
        fixture.Storage.FailOnce(LogFixture.IsSegmentWrite, new TimeoutException("No answer."), afterEffect: true);
        await Assert.ThrowsAsync<TimeoutException>(() => log.AppendAsync(["3"]));

        Assert.Equal(4, await log.AppendAsync(["4"]));
        Assert.Equal(LogFixture.Items(1, 2, 3, 4), await log.ReadForwardsAsync(0));
    });

    [Fact]
    public Task FailedWrite_FailsItsOwnAppendersOnly_WhenOthersWait() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(1);
        var barrier = new Gate();
        fixture.Storage.Before = async call =>
        {
            await barrier.PassAsync();
            fixture.Storage.Before = _ => Task.CompletedTask;
            throw _full;
        };

        var doomed = log.AppendAsync(["x"]);
        await barrier.Reached;
        var waiting = log.AppendAsync(["2"]);
        barrier.Open();

        await Assert.ThrowsAsync<IOException>(() => doomed);
        Assert.Equal(2, await waiting);
        Assert.Equal(LogFixture.Items(1, 2), await log.ReadForwardsAsync(0));
    });

    [Fact]
    public Task AllAppendersOfARun_Fail_WhenItsWriteFails() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(1);
        var barrier = new Gate();
        fixture.Storage.Before = _ => barrier.PassAsync();
        var first = log.AppendAsync(["2"]);
        await barrier.Reached;
        var shared = new[] { log.AppendAsync(["x"]), log.AppendAsync(["y"]) };
        fixture.Storage.FailOnce(call => call.Op is StorageOp.Write, _full);
        barrier.Open();

        Assert.Equal(2, await first);
        foreach (var append in shared)
            await Assert.ThrowsAsync<IOException>(() => append);
        Assert.Equal(LogFixture.Items(1, 2), fixture.Committed);
    });

    [Fact]
    public Task WaitingAppenders_FailAndALaterOneWorks_WhenTheStorageCannotBeReadAfterAFailure() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(1);
        var barrier = new Gate();
        fixture.Storage.Before = async _ =>
        {
            await barrier.PassAsync();
            throw _full;
        };
        var doomed = log.AppendAsync(["x"]);
        await barrier.Reached;
        var waiting = log.AppendAsync(["y"]);
        barrier.Open();
        await Assert.ThrowsAsync<IOException>(() => doomed);
        await Assert.ThrowsAsync<IOException>(() => waiting);

        fixture.Storage.Before = _ => Task.CompletedTask;
        Assert.Equal(2, await log.AppendAsync(["2"]));
    });

    [Fact]
    public Task Log_Continues_WhenAnotherActivationHasWrittenMeanwhile() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var old = await fixture.OpenWithAsync(1);
        await (await fixture.OpenAsync()).AppendAsync(["2"]);

        await Assert.ThrowsAsync<InconsistentStateException>(() => old.AppendAsync(["x"]));
        Assert.Equal(3, await old.AppendAsync(["3"]));
        Assert.Equal(LogFixture.Items(1, 2, 3), await old.ReadForwardsAsync(0));
    });

    [Fact]
    public Task StaleLoad_ChangesNothing_WhenAnotherOneWasFaster() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(1);
        fixture.Storage.FailOnce(call => call.Op is StorageOp.Write, _full);
        await Assert.ThrowsAsync<IOException>(() => log.AppendAsync(["x"]));

        // Two turns find the log unloaded. The first one has read the segment but gets its answer late.
        var late = new Gate();
        var reads = 0;
        fixture.Storage.After = call => call is { Op: StorageOp.Read, StateName: "log-0" } && reads++ == 0 ? late.PassAsync() : Task.CompletedTask;
        var slow = log.LoadAsync();
        await late.Reached;
        var calls = fixture.Storage.Calls.Count;
        var append = log.AppendAsync(["2"]);
        // An append that waits for the load under way has called nothing; one with a load of its own may overtake it.
        if (fixture.Storage.Calls.Count > calls)
            await append;
        late.Open();
        await slow;
        await append;

        Assert.Equal(2, log.End);
        Assert.Equal(3, await log.AppendAsync(["3"]));
        Assert.Equal(LogFixture.Items(1, 2, 3), await log.ReadForwardsAsync(0));
    });

    [Fact]
    public Task Reader_GetsWhatIsDurable_WhenAWriteFailsWhileItReads() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(10);
        var barrier = new Gate();
        fixture.Storage.Before = call => call.Op is StorageOp.Read ? barrier.PassAsync() : Task.FromException(_full);
        var forwards = log.ReadForwardsAsync(0);
        var backwards = log.ReadBackwardsAsync(long.MaxValue, 10);
        await barrier.Reached;
        await Assert.ThrowsAsync<IOException>(() => log.AppendAsync(["x"]));
        barrier.Open();

        Assert.Equal(LogFixture.Items(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), await forwards);
        Assert.Equal(LogFixture.Items(10, 9, 8, 7, 6, 5, 4, 3, 2, 1), await backwards);
    });
}
