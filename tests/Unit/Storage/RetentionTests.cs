using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Storage;

/// <summary>What is too old goes by whole segments: from what is read at once, from storage with the next append.</summary>
public class RetentionTests
{
    private static readonly TimeSpan _age = TimeSpan.FromDays(7);
    private static readonly TimeSpan _moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public Task Segment_IsReadToItsLastMoment_AndNotAfterIt() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture(keptAge: _age);
        var log = await fixture.OpenWithAsync(4);
        fixture.Time.Advance(_moment);
        await fixture.AppendAsync(log, 5);
        fixture.Time.Advance(_age - _moment);
        Assert.Equal(1, log.Begin);
        Assert.Equal(LogFixture.Items(1, 2, 3, 4, 5), await log.ReadForwardsAsync(0));

        fixture.Time.Advance(_moment);
        fixture.Storage.Calls.Clear();
        Assert.Equal((5, 5), (log.Begin, log.End));
        Assert.Equal(LogFixture.Items(5), await log.ReadForwardsAsync(0));
        Assert.Equal(LogFixture.Items(5), await log.ReadBackwardsAsync(long.MaxValue, 10));
        Assert.Empty(fixture.Storage.Calls);
    });

    [Fact]
    public Task Segment_StaysWithItsNewestItem_HoweverOldTheOthersAre() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture(keptAge: _age);
        var log = await fixture.OpenWithAsync(3);
        fixture.Time.Advance(_age);
        await fixture.AppendAsync(log, 4);
        await fixture.AppendAsync(log, 5);
        fixture.Time.Advance(_age);
        Assert.Equal(LogFixture.Items(1, 2, 3, 4, 5), await log.ReadForwardsAsync(0));
    });

    [Fact]
    public Task OldSegments_GoFromStorage_WithTheNextAppend() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture(keptAge: _age);
        var log = await fixture.OpenWithAsync(10);
        fixture.Time.Advance(_age + _moment);
        Assert.Equal(["log-0", "log-1", "log-2", "log-head"], fixture.Storage.Records);
        Assert.Equal(11, await fixture.AppendAsync(log, 11));
        Assert.Equal(["log-2", "log-head"], fixture.Storage.Records);

        // Those in the newest segment are as old, but stay with it.
        var reopened = await fixture.OpenAsync();
        Assert.Equal((9, 11), (reopened.Begin, reopened.End));
        Assert.Equal(LogFixture.Items(9, 10, 11), await reopened.ReadForwardsAsync(0));
    });

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(9)]
    public Task NameAndEnd_Stay_WhenEverythingIsOld(int count) => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture(keptAge: _age);
        var epoch = (await fixture.OpenWithAsync(count)).Epoch;
        fixture.Time.Advance(100 * _age);
        var log = await fixture.OpenAsync();
        Assert.Equal((epoch, count), (log.Epoch, log.End));
        Assert.NotEmpty(await log.ReadForwardsAsync(0));
        Assert.Equal(count + 1, await fixture.AppendAsync(log, count + 1));
        Assert.Equal(epoch, log.Epoch);
    });

    [Fact]
    public Task FullNewestSegment_GoesOnceThereIsAnother_WhenItIsOld() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture(keptAge: _age);
        var log = await fixture.OpenWithAsync(8);
        fixture.Time.Advance(_age + _moment);
        await fixture.AppendAsync(log, 9);
        Assert.Equal((9, 9), (log.Begin, log.End));
        Assert.Equal(["log-2", "log-head"], fixture.Storage.Records);
    });

    [Fact]
    public Task Log_Continues_WhenACrashLeavesASegmentThatTheHeadHasDropped() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture(keptAge: _age);
        var log = await fixture.OpenWithAsync(10);
        fixture.Time.Advance(_age + _moment);
        fixture.Storage.FailOnce(call => call.Op is StorageOp.Clear, new IOException("The power goes."));
        await Assert.ThrowsAsync<IOException>(() => fixture.AppendAsync(log, 11));

        log = await fixture.OpenAsync();
        Assert.Equal((9, 10), (log.Begin, log.End));
        Assert.Equal(11, await fixture.AppendAsync(log, 11));
        Assert.Equal(LogFixture.Items(9, 10, 11), await log.ReadForwardsAsync(0));
        Assert.Equal(LogFixture.Items(11, 10, 9), await log.ReadBackwardsAsync(long.MaxValue, 20));
    });

    [Fact]
    public Task Segments_AreKeptUntilAKnownOneIsOld_WhenTheirHeadIsFromBeforeThereWereEnds() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        await fixture.OpenWithAsync(9);
        var now = new LogFixture(keptAge: _age, over: fixture.Storage);
        var log = await now.OpenAsync();
        now.Time.Advance(100 * _age);
        Assert.Equal(1, log.Begin);
        await log.AppendAsync(["10", "11", "12", "13"]);
        now.Time.Advance(_age);
        Assert.Equal(1, log.Begin);
        now.Time.Advance(_moment);
        Assert.Equal(13, log.Begin);
    });

    [Fact]
    public Task Limits_HoldAtOnce_WhenTheyAreLowered() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture(keptSegments: 4);
        await fixture.OpenWithAsync(14);
        var now = new LogFixture(keptSegments: 2, over: fixture.Storage);
        var log = await now.OpenAsync();
        Assert.Equal(LogFixture.Items(9, 10, 11, 12, 13, 14), await log.ReadForwardsAsync(0));
    });

    [Fact]
    public Task HeadOfALogThatKeepsAll_HasNoEnds() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture();
        await fixture.OpenWithAsync(14);
        Assert.Contains("\"Ends\":[]", fixture.Storage.JsonOf("log-head"), StringComparison.Ordinal);
    });

    [Fact]
    public Task HeadKnowsTheEndsOfKeptSegmentsOnly() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture(keptSegments: 3);
        await fixture.OpenWithAsync(30);
        var end = fixture.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Contains($"\"Ends\":[{end},{end}]", fixture.Storage.JsonOf("log-head"), StringComparison.Ordinal);
    });

    [Fact]
    public Task Forwards_HasNoGapInside_WhenSegmentsGoWhileItReads() => Turns.RunAsync(async () =>
    {
        var fixture = new LogFixture(keptAge: _age);
        var log = await fixture.OpenWithAsync(14);
        var barrier = new Gate();
        fixture.Storage.Before = call => call is { Op: StorageOp.Read, StateName: "log-1" } ? barrier.PassAsync() : Task.CompletedTask;
        var reading = log.ReadForwardsAsync(0);
        await barrier.Reached;
        fixture.Storage.Before = _ => Task.CompletedTask;
        fixture.Time.Advance(_age + _moment);
        await fixture.AppendAsync(log, 15);
        barrier.Open();
        Assert.Equal(LogFixture.Items(13, 14), await reading);
    });

    [Fact]
    public Task Log_KeepsWhatItsRuleRequires_WhateverHappensWhen() => Histories.CheckAsync(300, random => Turns.RunAsync(async () =>
    {
        var kept = random.Next(1, 5);
        var fixture = new LogFixture(kept, _age);
        var log = await fixture.OpenAsync();
        var happened = new List<DateTimeOffset>();
        for (var step = 0; step < 60; step++)
        {
            if (random.Next(8) == 0)
                log = await fixture.OpenAsync();
            if (random.Next(3) == 0)
                fixture.Time.Advance(_age * random.NextDouble());
            else
            {
                happened.Add(fixture.Time.GetUtcNow());
                Assert.Equal(happened.Count, await fixture.AppendAsync(log, happened.Count));
            }

            var begin = Begin(happened, kept, fixture.Time.GetUtcNow());
            Assert.Equal((begin, happened.Count), (log.Begin, log.End));
            Assert.Equal(LogFixture.Items([.. Enumerable.Range(begin, happened.Count - begin + 1).Select(i => (long)i)]), await log.ReadForwardsAsync(0));
        }
    }));

    private static int Begin(List<DateTimeOffset> happened, int kept, DateTimeOffset now)
    {
        var segments = happened.Chunk(LogFixture.Capacity).ToArray();
        var first = Math.Max(0, segments.Length - kept);
        while (first < segments.Length - 1 && segments[first][^1] < now - _age)
            first++;
        return (first * LogFixture.Capacity) + 1;
    }
}
