using Ingestion.Grains.Storage;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Storage;

public class AppendTests
{
    [Fact]
    public Task NothingIsStoredAndAnotherLogBegins_WhenTheLogIsErased() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(3 * LogFixture.Capacity);
        var epoch = log.Epoch;
        var append = log.AppendAsync(["under way"]);
        await log.EraseAsync();
        await append;
        Assert.Equal((0, ""), (log.End, log.Epoch));
        Assert.Empty(fixture.Storage.Records);
        await log.AppendAsync(["first"]);
        Assert.Equal(1, log.End);
        Assert.NotEqual(epoch, log.Epoch);
    });

    [Fact]
    public Task Log_IsEmptyAndNameless_WhenNothingWasAppended() => Turns.RunAsync(async () =>
    {
        var log = await new LogFixture().OpenAsync();
        Assert.Equal(("", 0L, 1L), (log.Epoch, log.End, log.Begin));
        Assert.Empty(await log.ReadForwardsAsync(0));
        Assert.Empty(await log.ReadBackwardsAsync(long.MaxValue, 10));
    });

    [Fact]
    public void End_Throws_WhenTheLogIsNotLoaded()
    {
        var log = new SegmentedLog<string>(new MemoryStorage(), GrainId.Create("words", "one"), "log", LogFixture.Capacity);
        Assert.Throws<InvalidOperationException>(() => log.End);
    }

    [Fact]
    public Task Offsets_StartAtOneAndHaveNoGap_WhenSegmentsFill() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenAsync();
        for (var i = 1; i <= 11; i++)
        {
            Assert.Equal(i, await log.AppendAsync([LogFixture.Word(i)]));
            Assert.Equal(i, log.End);
        }

        Assert.Equal(LogFixture.Items(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), await log.ReadForwardsAsync(0));
        Assert.Equal(["log-0", "log-1", "log-2", "log-head"], fixture.Storage.Records);
    });

    [Fact]
    public Task Append_ReturnsTheFirstOffset_WhenOneAppendFillsSeveralSegments() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(2);
        Assert.Equal(3, await log.AppendAsync([.. Enumerable.Range(3, 9).Select(i => LogFixture.Word(i))]));
        Assert.Equal(11, log.End);
        Assert.Equal(LogFixture.Items(9, 10, 11), log.Tail);
        Assert.Equal(LogFixture.Items(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), fixture.Committed);
    });

    [Fact]
    public Task Append_CostsOneWrite_WhenTheNewestSegmentHasRoom() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(5);
        fixture.Storage.Calls.Clear();
        await log.AppendAsync(["6"]);
        Assert.Equal([new StorageCall(StorageOp.Write, "log-1")], fixture.Storage.Calls);
    });

    [Fact]
    public Task Append_WritesNothing_WhenItIsEmpty() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenAsync();
        Assert.Equal(1, await log.AppendAsync([]));
        Assert.Empty(fixture.Storage.Writes);
        Assert.Empty(fixture.Committed);
    });

    [Fact]
    public Task Everything_IsThere_WhenTheLogIsOpenedAgain() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(9);
        var again = await fixture.OpenAsync();
        Assert.Equal((log.Epoch, 9L, 1L), (again.Epoch, again.End, again.Begin));
        Assert.Equal(LogFixture.Items(1, 2, 3, 4, 5, 6, 7, 8, 9), await again.ReadForwardsAsync(0));
        Assert.Equal(10, await again.AppendAsync(["10"]));
        Assert.Equal(LogFixture.Items(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), fixture.Committed);
    });

    [Fact]
    public Task Epochs_Differ_WhenLogsDo() => Turns.RunAsync(async () =>
    {
        var (one, other) = (await new LogFixture().OpenWithAsync(1), await new LogFixture().OpenWithAsync(1));
        Assert.NotEmpty(one.Epoch);
        Assert.NotEqual(one.Epoch, other.Epoch);
    });

    [Theory]
    [InlineData(1)] // The new segment.
    [InlineData(2)] // The head that records it.
    [InlineData(3)] // What comes into it.
    public Task SegmentsStart_IsGoneOnWith_WhenACrashCameInIt(int write) => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(4);
        var epoch = log.Epoch;
        fixture.Storage.FailOnce(call => call.Op is StorageOp.Write && --write == 0, new IOException("Crash."));
        await Assert.ThrowsAsync<IOException>(() => log.AppendAsync(["lost"]));

        var again = await fixture.OpenAsync();
        Assert.Equal(4, again.End);
        Assert.Equal(5, await again.AppendAsync(["5"]));
        Assert.Equal(LogFixture.Items(1, 2, 3, 4, 5), await again.ReadForwardsAsync(0));
        Assert.Equal(epoch, again.Epoch);
    });

    [Fact]
    public Task FirstAppend_LeavesNothing_WhenACrashCameBeforeTheSegment() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenAsync();
        fixture.Storage.FailOnce(LogFixture.IsSegmentWrite, new IOException("Crash."));
        await Assert.ThrowsAsync<IOException>(() => log.AppendAsync(["lost"]));

        var again = await fixture.OpenAsync();
        Assert.Equal(0, again.End);
        Assert.Equal(1, await again.AppendAsync(["1"]));
        Assert.Equal(LogFixture.Items(1), await again.ReadForwardsAsync(0));
    });

    /// <summary>A file was removed, or an old copy restored. Readers know offsets that would be reused for other items.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public Task Log_ContinuesUnderAnotherName_WhenItsNewestSegmentIsLost(int count) => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var epoch = (await fixture.OpenWithAsync(count)).Epoch;
        var newest = count / LogFixture.Capacity;
        fixture.Storage.Lose($"log-{newest}");

        var log = await fixture.OpenAsync();
        var end = newest * LogFixture.Capacity;
        Assert.Equal((epoch, end), (log.Epoch, log.End));
        Assert.Equal(end + 1, await fixture.AppendAsync(log, end + 1));
        Assert.NotEqual(epoch, log.Epoch);
        Assert.Equal(log.Epoch, (await fixture.OpenAsync()).Epoch);
        Assert.Equal(end + 2, await fixture.AppendAsync(log, end + 2));
        Assert.Equal(LogFixture.Items([.. Enumerable.Range(1, end + 2).Select(i => (long)i)]), await log.ReadForwardsAsync(0));
    });

    [Fact]
    public Task Log_StartsAgain_WhenItsHeadIsLost() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var epoch = (await fixture.OpenWithAsync(10)).Epoch;
        fixture.Storage.Lose("log-head");

        var log = await fixture.OpenAsync();
        Assert.Equal(("", 0), (log.Epoch, log.End));
        for (var i = 1; i <= 14; i++)
            Assert.Equal(i, await fixture.AppendAsync(log, i));
        Assert.NotEqual(epoch, log.Epoch);
        Assert.Equal(LogFixture.Items([.. Enumerable.Range(1, 14).Select(i => (long)i)]), await (await fixture.OpenAsync()).ReadForwardsAsync(0));
    });
}
