using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Storage;

/// <summary>What a reader has not seen stays in storage, and what it has seen can go at once.</summary>
public class HeldTests
{
    private const int Kept = 2;
    private const int Held = 3;

    [Fact]
    public Task ItemsStay_UntilTheirReaderHasThem() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture(Kept, heldSegments: Held);
        var log = await fixture.OpenAsync();
        log.KeepFrom = 3;
        for (var i = 1; i <= 17; i++)
            await fixture.AppendAsync(log, i);
        Assert.Equal(LogFixture.Items(3, 4, 5), await log.ReadHeldAsync(2, 3));
        // Others read as if they were gone.
        Assert.Equal((13, 13), (log.Begin, (await log.ReadForwardsAsync(0))[0].Offset));

        log.KeepFrom = 9;
        await fixture.AppendAsync(log, 18);
        Assert.Equal(LogFixture.Items(9, 10), await log.ReadHeldAsync(2, 2));
        Assert.Equal(["log-2", "log-3", "log-4", "log-head"], fixture.Storage.Records);
    });

    [Fact]
    public Task OldestGo_WhenTheirReaderIsTooFarBehind() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture(Kept, heldSegments: Held);
        var log = await fixture.OpenAsync();
        log.KeepFrom = 0;
        for (var i = 1; i <= LogFixture.Capacity * 8; i++)
            await fixture.AppendAsync(log, i);
        Assert.Equal((LogFixture.Capacity * 3) + 1, (await log.ReadHeldAsync(0, 1))[0].Offset);
    });

    [Fact]
    public Task OldItemsStay_WhenTheReaderWasAwayForLong() => Turns.RunAsync(async () =>
    {
        var age = TimeSpan.FromDays(7);
        var fixture = new LogFixture(keptAge: age, heldSegments: Held);
        await fixture.OpenWithAsync(6);
        fixture.Time.Advance(age * 2);
        var log = await fixture.OpenAsync();
        log.KeepFrom = 2;
        await fixture.AppendAsync(log, 7);
        Assert.Equal(LogFixture.Items(2, 3, 4, 5, 6, 7), await log.ReadHeldAsync(1, 100));
    });

    [Fact]
    public Task SegmentsGo_WhenTrimmed() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(10);
        await log.TrimAsync(8);
        Assert.Equal(["log-1", "log-2", "log-head"], fixture.Storage.Records);
        await log.TrimAsync(100);
        Assert.Equal(["log-2", "log-head"], fixture.Storage.Records);
        Assert.Equal((9, 10), (log.Begin, log.End));
        Assert.Equal(11, await fixture.AppendAsync(log, 11));
        Assert.Equal(LogFixture.Items(9, 10, 11), await (await fixture.OpenAsync()).ReadForwardsAsync(0));
    });

    [Fact]
    public Task NothingIsLeft_WhenRemoved() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        var log = await fixture.OpenWithAsync(10);
        await log.RemoveAsync();
        Assert.Empty(fixture.Storage.Records);
        await log.LoadAsync();
        Assert.Equal(1, await fixture.AppendAsync(log, 1));
    });
}
