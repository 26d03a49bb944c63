using Ingestion.Grains.Storage;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Storage;

public class ReadTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(100)]
    public Task Pages_HoldEverythingOnce_WhenReadBackwards(int limit) => Turns.RunAsync(async () =>
    {
        var log = await new LogFixture().OpenWithAsync(14);
        var found = new List<LogItem<string>>();
        var before = long.MaxValue;
        while (await log.ReadBackwardsAsync(before, limit) is { Count: > 0 } page)
        {
            Assert.True(page.Count <= limit);
            found.AddRange(page);
            before = page[^1].Offset;
        }

        Assert.Equal(LogFixture.Items(14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1), found);
    });

    [Theory]
    [InlineData(9, new long[] { 8, 7, 6 })]
    [InlineData(5, new long[] { 4, 3, 2 })]
    [InlineData(2, new long[] { 1 })]
    [InlineData(1, new long[0])]
    [InlineData(-7, new long[0])]
    public Task Backwards_StartsBeforeTheOffset_WhenOneIsGiven(long before, long[] expected) => Turns.RunAsync(async () =>
    {
        var log = await new LogFixture().OpenWithAsync(9);
        Assert.Equal(LogFixture.Items(expected), await log.ReadBackwardsAsync(before, 3));
    });

    [Theory]
    [InlineData(0, new long[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(3, new long[] { 4, 5, 6 })]
    [InlineData(4, new long[] { 5, 6 })]
    [InlineData(6, new long[0])]
    [InlineData(60, new long[0])]
    public Task Forwards_StartsAfterTheOffset_WhenOneIsGiven(long after, long[] expected) => Turns.RunAsync(async () =>
    {
        var log = await new LogFixture().OpenWithAsync(6);
        Assert.Equal(LogFixture.Items(expected), await log.ReadForwardsAsync(after));
    });

    [Fact]
    public Task Forwards_ReadsOnlyTheSegmentsItNeeds_WhenTheStartIsLate() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(14);
        fixture.Storage.Calls.Clear();
        await log.ReadForwardsAsync(9);
        Assert.Equal([new StorageCall(StorageOp.Read, "log-2")], fixture.Storage.Calls);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(100)]
    public Task Forwards_ReadsNoFurtherThanItMust_WhenThereIsALimit(int limit) => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(14);
        fixture.Storage.Calls.Clear();
        Assert.Equal(LogFixture.Items([.. Enumerable.Range(3, Math.Min(limit, 12)).Select(i => (long)i)]), await log.ReadForwardsAsync(2, limit));
        // Two of the first segment, then four of each; the newest one is in memory.
        Assert.Equal(limit switch { 0 => 0, <= 2 => 1, <= 6 => 2, _ => 3 }, fixture.Storage.Calls.Count);
    });

    [Fact]
    public Task Forwards_EndsWhereTheLogDidAtItsStart_WhenMoreIsAppendedMeanwhile() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(6);
        var barrier = new Gate();
        fixture.Storage.Before = call => call.Op is StorageOp.Read ? barrier.PassAsync() : Task.CompletedTask;
        var reading = log.ReadForwardsAsync(0);
        await barrier.Reached;
        await log.AppendAsync(["7", "8", "9"]);
        barrier.Open();
        Assert.Equal(LogFixture.Items(1, 2, 3, 4, 5, 6), await reading);
    });

    [Theory]
    [InlineData(14, 0)]
    [InlineData(12, 1)]
    [InlineData(9, 1)]
    [InlineData(8, 2)]
    [InlineData(1, 3)]
    public Task Scan_ReadsNoSegmentBeyondTheLastWantedItem(long last, int reads) => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(14);
        fixture.Storage.Calls.Clear();
        var seen = new List<LogItem<string>>();
        await log.ScanBackwardsAsync(long.MaxValue, item =>
        {
            seen.Add(item);
            return item.Offset > last;
        });
        Assert.Equal(LogFixture.Items([.. Enumerable.Range(0, 14 - (int)last + 1).Select(i => 14L - i)]), seen);
        Assert.Equal(reads, fixture.Storage.Calls.Count);
    });

    [Fact]
    public Task ClearedItems_AreGoneAndTheOthersKeepTheirPlaces_WhenRead() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(7);
        foreach (var offset in (long[])[2, 4, 7])
            await log.ClearAsync(offset);

        Assert.Equal(LogFixture.Items(1, 3, 5, 6), await log.ReadForwardsAsync(0));
        Assert.Equal(LogFixture.Items(6, 5), log.Tail.Reverse());
        Assert.Equal(8, await log.AppendAsync(["8"]));
        Assert.Equal(LogFixture.Items(8, 6, 5, 3, 1), await (await fixture.OpenAsync()).ReadBackwardsAsync(long.MaxValue, 10));
    });

    [Fact]
    public Task Clear_WritesNothing_WhenThereIsNothingAtThatPlace() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(6);
        await log.ClearAsync(2);
        fixture.Storage.Calls.Clear();
        foreach (var offset in (long[])[2, 0, -1, 7, long.MaxValue])
            await log.ClearAsync(offset);
        Assert.Empty(fixture.Storage.Writes);
    });

    [Fact]
    public Task OldSegments_Go_WhenMoreThanTheKeptOnesAreFull() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture(keptSegments: 2);
        var log = await fixture.OpenWithAsync(8);
        Assert.Equal(1, log.Begin);
        await log.AppendAsync(["9"]);

        Assert.Equal((5, 9), (log.Begin, log.End));
        Assert.Equal(["log-1", "log-2", "log-head"], fixture.Storage.Records);
        Assert.Equal(LogFixture.Items(5, 6, 7, 8, 9), await log.ReadForwardsAsync(0));
        Assert.Equal(LogFixture.Items(9, 8, 7, 6, 5), await log.ReadBackwardsAsync(long.MaxValue, 10));
    });

    [Fact]
    public Task OldSegments_GoAtOnce_WhenOneAppendIsLargerThanTheLog() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture(keptSegments: 2);
        var log = await fixture.OpenAsync();
        await log.AppendAsync([.. Enumerable.Range(1, 30).Select(i => LogFixture.Word(i))]);
        Assert.Equal((25, 30), (log.Begin, log.End));
        Assert.Equal(["log-6", "log-7", "log-head"], fixture.Storage.Records);
        Assert.Equal(LogFixture.Items(25, 26, 27, 28, 29, 30), await (await fixture.OpenAsync()).ReadForwardsAsync(0));
    });
}
