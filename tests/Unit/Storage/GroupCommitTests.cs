using Ingestion.Grains.Storage;
using Ingestion.Tests.Unit.Infrastructure;
using Orleans.Storage;

namespace Ingestion.Tests.Unit.Storage;

public class GroupCommitTests
{
    [Fact]
    public Task Appends_ShareTheNextWrite_WhenOneIsUnderWay() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(1);
        var barrier = new Gate();
        fixture.Storage.Calls.Clear();
        fixture.Storage.Before = _ => barrier.PassAsync();

        var first = log.AppendAsync(["2"]);
        await barrier.Reached;
        var second = log.AppendAsync(["3"]);
        var third = log.AppendAsync(["4"]);
        Assert.Single(fixture.Storage.Writes);
        Assert.Equal(1, log.End);

        barrier.Open();
        var offsets = await Task.WhenAll(first, second, third);
        Assert.Equal([2, 3, 4], offsets);
        Assert.Equal(["log-0", "log-0"], fixture.Storage.Writes);
        Assert.Equal(LogFixture.Items(1, 2, 3, 4), await log.ReadForwardsAsync(0));
    });

    [Fact]
    public Task Writes_AreFarFewerThanAppends_WhenAThousandComeAtOnce() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenAsync();
        var offsets = await Task.WhenAll(Enumerable.Range(1, 1000).Select(i => log.AppendAsync([LogFixture.Word(i)])));
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (long)i), offsets);
        // The first append alone, then a new segment, a head and its content for each four.
        Assert.InRange(fixture.Storage.Writes.Count(), 1000 / LogFixture.Capacity, (3 * 1000 / LogFixture.Capacity) + 2);
    });

    [Fact]
    public Task Committed_IsCalledOnceForEachRunInOrder_BeforeAnAppenderContinues() => Turns.RunAsync(async () =>
    {
        var calls = new List<string>();
        var log = new SegmentedLog<string>(new MemoryStorage(), GrainId.Create("words", "one"), "log", LogFixture.Capacity)
        {
            Committed = items => calls.Add($"durable {string.Join(' ', items.Select(item => $"{item.Offset}={item.Item}"))}"),
        };
        async Task AppendAsync(params string[] words) => calls.Add($"appended {await log.AppendAsync(words)}");

        await Task.WhenAll(AppendAsync("a"), AppendAsync("b", "c"), AppendAsync("d", "e"));

        Assert.Equal("durable 1=a", calls[0]);
        Assert.Equal("durable 2=b 3=c 4=d 5=e", Assert.Single(calls.Skip(1), line => line.StartsWith("durable", StringComparison.Ordinal)));
        foreach (var (offset, run) in new[] { (1, calls[0]), (2, "durable 2=b 3=c 4=d 5=e"), (4, "durable 2=b 3=c 4=d 5=e") })
            Assert.True(calls.IndexOf($"appended {offset}") > calls.IndexOf(run), string.Join('\n', calls));
    });

    [Fact]
    public Task Committed_IsNotCalled_WhileTheWriteIsUnderWay() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(1);
        var barrier = new Gate();
        fixture.Storage.After = _ => barrier.PassAsync();
        var append = log.AppendAsync(["2"]);
        await barrier.Reached;
        Assert.Equal(LogFixture.Items(1), fixture.Committed);
        Assert.False(append.IsCompleted);
        barrier.Open();
        await append;
        Assert.Equal(LogFixture.Items(1, 2), fixture.Committed);
    });

    /// <summary>As a silo that was frozen finds its journals: what waited was published again elsewhere.</summary>
    [Fact]
    public Task WaitingAppendsFail_WhenAnotherActivationHasWrittenMeanwhile() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(1);
        var other = await fixture.OpenAsync();
        var barrier = new Gate();
        fixture.Storage.Before = _ => barrier.PassAsync();
        var first = log.AppendAsync(["2"]);
        await barrier.Reached;
        var second = log.AppendAsync(["3"]);
        fixture.Storage.Before = _ => Task.CompletedTask;
        await other.AppendAsync(["2", "3"]);

        barrier.Open();
        await Assert.ThrowsAsync<InconsistentStateException>(() => first);
        await Assert.ThrowsAsync<InconsistentStateException>(() => second);
        Assert.True(log.IsChangedElsewhere);
        Assert.Equal(LogFixture.Items(1, 2, 3), await other.ReadForwardsAsync(0));
        await log.LoadAsync();
        Assert.Equal(LogFixture.Items(1, 2, 3), await log.ReadForwardsAsync(0));
    });

    /// <summary>The answer of a write is lost, and what waited behind it was published again elsewhere before the log is read again.</summary>
    [Fact]
    public Task WaitingAppendsFail_WhenAWriteFailedAndTheLogIsAnotherOne() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(1);
        var other = await fixture.OpenAsync();
        var barrier = new Gate();
        fixture.Storage.Before = async _ =>
        {
            await barrier.PassAsync();
            throw new IOException("The answer did not come.");
        };
        var first = log.AppendAsync(["2"]);
        await barrier.Reached;
        var second = log.AppendAsync(["3"]);
        fixture.Storage.Before = _ => Task.CompletedTask;
        await other.AppendAsync(["2", "3"]);

        barrier.Open();
        await Assert.ThrowsAsync<IOException>(() => first);
        await Assert.ThrowsAsync<InconsistentStateException>(() => second);
        Assert.True(log.IsChangedElsewhere);
        await log.LoadAsync();
        Assert.Equal(LogFixture.Items(1, 2, 3), await log.ReadForwardsAsync(0));
    });

    [Fact]
    public Task WaitingAppendsGoOn_WhenAWriteFailedAndTheLogIsAsItWas() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(1);
        var barrier = new Gate();
        fixture.Storage.Before = async _ =>
        {
            await barrier.PassAsync();
            throw new IOException("The disk is full.");
        };
        var first = log.AppendAsync(["x"]);
        await barrier.Reached;
        var second = log.AppendAsync(["2"]);
        fixture.Storage.Before = _ => Task.CompletedTask;
        barrier.Open();
        await Assert.ThrowsAsync<IOException>(() => first);
        await second;
        Assert.False(log.IsChangedElsewhere);
        Assert.Equal(LogFixture.Items(1, 2), await log.ReadForwardsAsync(0));
    });

    [Fact]
    public Task Clears_ShareARun_WhenAppendsWaitToo() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(2);
        var barrier = new Gate();
        fixture.Storage.Before = _ => barrier.PassAsync();
        var first = log.AppendAsync(["3"]);
        await barrier.Reached;
        var rest = new[] { log.ClearAsync(1), log.AppendAsync(["4"]), log.ClearAsync(2) };
        barrier.Open();
        await Task.WhenAll([first, .. rest]);
        Assert.Equal(LogFixture.Items(3, 4), await log.ReadForwardsAsync(0));
        Assert.Equal(4, log.End);
    });
}
