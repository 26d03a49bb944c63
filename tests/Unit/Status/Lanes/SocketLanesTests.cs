using System.Text.Json;
using Histories = Ingestion.Tests.Unit.Infrastructure.Histories;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Framing;
using Ingestion.Api.Status.Lanes;
using Ingestion.Grains.Silos;
using Ingestion.Silos;
using Ingestion.Status;
using Ingestion.Tests.Unit.Status.Sockets;
using Ingestion.Videos;
using static Ingestion.Tests.Unit.Status.Entries;

namespace Ingestion.Tests.Unit.Status.Lanes;

/// <summary>What waits for a reader: in order, bounded, and with merges counted.</summary>
public sealed class SocketLanesTests
{
    private readonly ManualTime _time = new();
    private readonly QueueBudget _budget = new(10 * 1024 * 1024);
    private readonly SocketLanes _lanes;

    public SocketLanesTests() => _lanes = new SocketLanes(_time, FrameCodec.Json, _budget);

    [Fact]
    public void EveryState_IsSentInOrder_WhenTheyDiffer()
    {
        Add(4, "a", VideoStatus.Uploaded);
        Add(5, "b", VideoStatus.Uploaded);
        Add(6, "a", VideoStatus.Queued);
        Add(7, "a", VideoStatus.Ready);
        Assert.Equal(["4>4 n1 uploaded", "4>5 n1 uploaded", "5>6 n1 queued", "6>7 n1 ready"], Take());
        Assert.True(_lanes.IsEmpty);
    }

    [Fact]
    public void Newest_ReplacesTheOlder_WhenAStateRepeatsBeforeItIsSent()
    {
        Add(4, "a", VideoStatus.Processing);
        Add(5, "b", VideoStatus.Processing);
        Add(6, "a", VideoStatus.Processing);
        Add(7, "a", VideoStatus.Processing);
        Assert.Equal(["5>5 n1 processing", "5>7 n3 processing"], Take());
        Add(8, "a", VideoStatus.Processing);
        Assert.Equal(["7>8 n1 processing"], Take());
    }

    [Fact]
    public void States_AreNotMergedAcrossAPlaceThatTheClientIsTold()
    {
        Add(4, "a", VideoStatus.Processing);
        Assert.Equal(SendOutcome.Queued, _lanes.AddPlace(ServerFrame.Of(Opcode.Text, "{}"u8)));
        Add(5, "a", VideoStatus.Processing);
        Assert.Equal(["4>4 n1 processing", "{}", "4>5 n1 processing"], Take());
    }

    [Fact]
    public void TerminalStates_AreNeverMerged_WhenTheyComeAgain()
    {
        Add(4, "a", VideoStatus.Failed);
        Add(5, "a", VideoStatus.Failed);
        Assert.Equal(["4>4 n1 failed", "4>5 n1 failed"], Take());
    }

    [Fact]
    public void Chain_StartsAtTheFramesCursor_WhenASubscriptionIsAnswered()
    {
        Assert.Equal(SendOutcome.Queued, _lanes.Add(ServerFrame.Of(Opcode.Text, "{}"u8), new Cursor("k7", 3)));
        Add(9, "a", VideoStatus.Ready);
        Assert.Equal(["{}", "3>9 n1 ready"], Take());
    }

    [Fact]
    public void ReaderIsTooSlow_WhenTooManyCriticalFramesWait()
    {
        for (var i = 0; i < SocketLanes.MostCritical; i++)
            Assert.Equal(SendOutcome.Queued, _lanes.Add(ServerFrame.Of(Opcode.Text, "{}"u8)));
        Assert.Equal(SendOutcome.ReaderTooSlow, _lanes.Add(ServerFrame.Of(Opcode.Text, "{}"u8)));
        Assert.False(TryAdd(4, "a", VideoStatus.Ready));
        Assert.True(TryAdd(5, "a", VideoStatus.Queued));
        Assert.Equal(new LaneDepths(SocketLanes.MostCritical, 1, 0), _lanes.Depths);
        _lanes.Take();
        Assert.False(TryAdd(6, "a", VideoStatus.Ready));
        _lanes.Flushed();
        Assert.True(TryAdd(6, "a", VideoStatus.Ready));
    }

    [Fact]
    public void ReaderIsTooSlow_WhenTooManyBytesWait()
    {
        var large = ServerFrame.Of(Opcode.Text, new byte[SocketLanes.MostCriticalBytes / 2]);
        Assert.Equal(SendOutcome.Queued, _lanes.Add(large));
        Assert.Equal(SendOutcome.ReaderTooSlow, _lanes.Add(large));
    }

    [Fact]
    public void ReaderIsTooSlow_WhenTooManyStatesWait()
    {
        for (var i = 0; i < SocketLanes.MostStates; i++)
            Assert.Equal(SendOutcome.Queued, _lanes.Add(
                new Cursor("k7", i + 1), new StatusEvent($"e{i}", $"v{i}", VideoStatus.Queued, default), replay: false));
        var more = new StatusEvent("e", "v", VideoStatus.Queued, default);
        Assert.Equal(SendOutcome.ReaderTooSlow, _lanes.Add(new Cursor("k7", 1000), more, replay: false));
        Assert.Equal(SendOutcome.Queued, _lanes.Add(new Cursor("k7", 1000), more, replay: true));
    }

    [Fact]
    public void Silo_IsTooFull_OnlyForThoseForWhomSomethingWaits()
    {
        var budget = new QueueBudget(1000);
        var (slow, other) = (new SocketLanes(_time, FrameCodec.Json, budget), new SocketLanes(_time, FrameCodec.Json, budget));
        var frame = ServerFrame.Of(Opcode.Text, new byte[598]);
        Assert.Equal(602, frame.Length);
        Assert.Equal(SendOutcome.Queued, slow.Add(frame));
        Assert.Equal(SendOutcome.SiloTooFull, slow.Add(frame));
        Assert.Equal(SendOutcome.SiloTooFull, slow.Add(new Cursor("k7", 1), Event("e", "a", VideoStatus.Queued), replay: false));
        Assert.Equal(SendOutcome.Queued, slow.Add(new Cursor("k7", 1), Event("e", "a", VideoStatus.Queued), replay: true));
        Assert.Equal(SendOutcome.Queued, other.Add(frame));
        slow.Take();
        Assert.Equal(SendOutcome.SiloTooFull, slow.Add(frame));
        slow.Flushed();
        Assert.Equal(602, budget.UsedBytes);
        other.Clear();
        Assert.Equal(0, budget.UsedBytes);
    }

    [Theory]
    [InlineData(512, MemoryLevel.Green, 64)]
    [InlineData(300, MemoryLevel.Green, 37.5)]
    [InlineData(300, MemoryLevel.High, 18.75)]
    [InlineData(4096, MemoryLevel.Green, 64)]
    public void Budget_IsAnEighthOfWhatTheSiloMayUse_AtMost(long mebibytes, MemoryLevel level, double most)
    {
        var pressure = new MemoryPressure { BudgetBytes = mebibytes << 20 };
        var budget = new QueueBudget(64 << 20, pressure);
        budget.Follow(level);
        Assert.Equal((long)(most * (1 << 20)), budget.LimitBytes);
    }

    [Fact]
    public void Budget_IsGivenBackToTheByte_WhateverWaitsMergesAndGoes() => Histories.Check(200, random =>
    {
        var budget = new QueueBudget(100_000);
        var lanes = new SocketLanes(_time, FrameCodec.Json, budget);
        for (var i = 1; i < 300; i++)
        {
            switch (random.Next(8))
            {
                case 0:
                    lanes.Take();
                    lanes.Flushed();
                    break;
                case 1:
                    lanes.Add(new byte[random.Next(1, 5000)]);
                    break;
                default:
                    lanes.Add(new Cursor("k7", i), Event("e" + i, "abc"[random.Next(3)].ToString(), (VideoStatus)random.Next(8)), replay: random.Next(2) == 0);
                    break;
            }

            Assert.Equal(lanes.IsEmpty, budget.UsedBytes == 0);
        }

        lanes.Clear();
        Assert.Equal(0, budget.UsedBytes);
    });

    [Fact]
    public void Progress_LeavesFourTimesASecondAtMost_AndOnlyTheNewest()
    {
        Progress("a", 10);
        Assert.Equal(["p10"], Take());
        Progress("a", 20);
        Progress("a", 30);
        Assert.Empty(Take());
        Assert.Equal(SocketLanes.ProgressPeriod, _lanes.NextProgress());
        _time.Advance(SocketLanes.ProgressPeriod);
        Assert.Equal(["p30"], Take());
        Assert.Equal(1, _lanes.Dropped);
        _time.Advance(SocketLanes.ProgressPeriod);
        Assert.Empty(Take());
        Assert.True(_lanes.IsEmpty);
    }

    [Fact]
    public void Progress_LeavesEveryTwoSeconds_WhileMemoryIsShort()
    {
        _budget.Follow(MemoryLevel.Critical);
        Progress("a", 10);
        Assert.Single(_lanes.Take());
        Progress("a", 20);
        Assert.Equal(SocketLanes.LongProgressPeriod, _lanes.NextProgress());
        _time.Advance(SocketLanes.ProgressPeriod);
        Assert.Empty(_lanes.Take());
        _budget.Follow(MemoryLevel.High);
        Assert.Single(_lanes.Take());
    }

    [Theory]
    [InlineData(MemoryLevel.Green, 8_000)]
    [InlineData(MemoryLevel.Elevated, 8_000)]
    [InlineData(MemoryLevel.High, 4_000)]
    [InlineData(MemoryLevel.Critical, 2_000)]
    [InlineData(MemoryLevel.Emergency, 2_000)]
    public void Less_MayWait_WhenMemoryIsShort(MemoryLevel level, long limit)
    {
        var budget = new QueueBudget(8_000);
        budget.Follow(level);
        Assert.Equal(limit, budget.LimitBytes);
        budget.Count(limit);
        Assert.False(budget.Allows(1, waiting: 1));
        budget.Follow(MemoryLevel.Green);
        Assert.Equal(limit < 8_000, budget.Allows(1, waiting: 1));
    }

    [Fact]
    public void Progress_IsDropped_WhenTheVideoHasGoneOn()
    {
        Progress("a", 10);
        Progress("b", 10);
        Assert.Equal(["p10", "p10"], Take());
        Progress("a", 100);
        Progress("b", 20);
        Add(4, "a", VideoStatus.Ready);
        _time.Advance(SocketLanes.ProgressPeriod);
        Assert.Equal(["4>4 n1 ready", "p20"], Take());
        Assert.Equal(1, _lanes.Dropped);
    }

    [Fact]
    public void Snapshot_HasRoom_HoweverLargeItIs()
    {
        for (var i = 0; i < 2 * SocketLanes.MostCritical; i++)
            _lanes.AddSnapshot(new byte[1024], new Cursor("k7", 3));
        Add(4, "a", VideoStatus.Ready);
        Assert.Equal(2 * SocketLanes.MostCritical + 1, _lanes.Take().Count);
    }

    [Fact]
    public void Progress_IsDropped_WhenThatOfTooManyVideosWaits()
    {
        for (var i = 0; i <= SocketLanes.MostProgress; i++)
            _lanes.AddProgress(new StatusEvent($"e{i}", $"v{i}", VideoStatus.Processing, default, Percent: 1));
        Assert.Equal((SocketLanes.MostProgress, 1), (_lanes.Depths.Progress, (int)_lanes.Dropped));
    }

    private void Add(long offset, string video, VideoStatus status) => Assert.True(TryAdd(offset, video, status));

    private bool TryAdd(long offset, string video, VideoStatus status) =>
        _lanes.Add(new Cursor("k7", offset), Event("e" + offset, video, status), replay: false) is SendOutcome.Queued;

    private void Progress(string video, int percent) => _lanes.AddProgress(Event("p", video) with { Percent = percent });

    private List<string> Take()
    {
        var taken = _lanes.Take().ConvertAll(frame => Brief(SentFrames.PayloadOf(frame.Bytes)));
        _lanes.Flushed();
        return taken;
    }

    private static string Brief(ReadOnlyMemory<byte> payload)
    {
        using var json = JsonDocument.Parse(payload);
        var root = json.RootElement;
        if (!root.TryGetProperty("data", out var data))
            return "{}";
        var state = data.GetProperty("data");
        return root.TryGetProperty("cur", out var cursor)
            ? $"{root.GetProperty("prev").GetString()![3..]}>{cursor.GetString()![3..]} n{root.GetProperty("n")} {state.GetProperty("state").GetString()}"
            : $"p{state.GetProperty("pct")}";
    }
}
