using System.Diagnostics.Metrics;
using Ingestion.Api.Status.Lanes;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using static Ingestion.Tests.Unit.Status.Entries;

namespace Ingestion.Tests.Unit.Status.Sockets;

/// <summary>An acknowledgement covers only what was sent on this socket.</summary>
public sealed class SocketAcksTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly List<double> _latencies = [];
    private readonly ManualTime _time = new();
    private readonly SocketAcks _acks;

    public SocketAcksTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "ingestion.message.latency" && instrument.Meter.Scope == meters)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => _latencies.Add(seconds));
        _listener.Start();
        _acks = new SocketAcks(_time, new SocketMetrics(meters, _time, new QueueBudget(1)));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void EverythingUpToThere_IsReported_WhenAllOfItWasSent()
    {
        Begin(3, whole: true);
        Send(4, VideoStatus.Ready);
        Send(5);
        Send(6, VideoStatus.Failed);
        Assert.Equal("free, all to 5", Acknowledge(5));
        Assert.Equal("free, all to 6", Acknowledge(6));
    }

    [Fact]
    public void SingleEvents_AreReported_WhenOnlySomeVideosAreSent()
    {
        Begin(3, whole: false);
        Send(5, VideoStatus.Ready);
        Send(6);
        Send(9, VideoStatus.Ready);
        Send(10, VideoStatus.Ready);
        Assert.Equal("free, 5 9", Acknowledge(9));
        Assert.Equal("free, 10", Acknowledge(10));
    }

    [Fact]
    public void Nothing_IsReported_WhenNoTerminalEventIsInIt()
    {
        Begin(0, whole: true);
        Send(4);
        Assert.Equal("free", Acknowledge(4));
        Assert.Equal("", Acknowledge(4));
        Assert.Equal("", Acknowledge(2));
    }

    [Theory]
    [InlineData(true, "free, all to 9")]
    [InlineData(false, "free, 2 7")]
    public void SnapshotsEvents_AreReported_WhenItsPlaceIsAcknowledged(bool whole, string expected)
    {
        _acks.Begin(new Cursor("k7", 9), whole, [2, 7]);
        Assert.Equal(expected, Acknowledge(9));
    }

    /// <summary>It has them, as its cursor shows, but lost the connection before it could acknowledge them.</summary>
    [Fact]
    public void EarlierEvents_AreReportedWithTheSocketsFirstAcknowledgement()
    {
        Begin(9, whole: true);
        Assert.Equal("free, all to 9", Acknowledge(9));
    }

    [Fact]
    public void Ahead_IsWhatWasNeverSent()
    {
        Assert.Equal("", Acknowledge(1));
        Begin(3, whole: true);
        Send(4, VideoStatus.Ready);
        Assert.Equal("ahead", Acknowledge(5));
        Assert.Equal("ahead", Acknowledge(long.MaxValue));
        // And it has poisoned nothing.
        Assert.Equal("free, all to 4", Acknowledge(4));
        Assert.Equal(new Cursor("k7", 4), _acks.Newest);
    }

    [Fact]
    public void OtherJournals_CountForNothing()
    {
        Begin(3, whole: true);
        Send(4, VideoStatus.Ready);
        Assert.Equal(default, _acks.Acknowledge(new Cursor("z", 1)));
        Assert.Equal(default, _acks.Acknowledge(new Cursor("z", 99)));
        Assert.Equal("free, all to 4", Acknowledge(4));
    }

    [Fact]
    public void OnlySoMany_AreFree_AsThereWereEvents()
    {
        Begin(1000, whole: false);
        Send(1001);
        Assert.Equal(["free", "free", "", ""], new[] { 1, 2, 3, 4 }.Select(offset => Acknowledge(offset)));
    }

    [Fact]
    public void FirstOfALongReplay_IsReported_WhenItIsAcknowledgedInSteps()
    {
        Begin(0, whole: false);
        for (var offset = 1; offset <= 300; offset++)
            Send(offset, VideoStatus.Ready, replay: true);
        Assert.Equal("free, " + string.Join(' ', Enumerable.Range(1, 32)), Acknowledge(32));
    }

    [Fact]
    public void SingleEvents_AreReported_WhenTheSubscriptionWasNarrowed()
    {
        Begin(0, whole: true);
        Send(4, VideoStatus.Ready);
        _acks.Narrow();
        Send(7, VideoStatus.Ready);
        Assert.Equal("free, 4 7", Acknowledge(8 - 1));
    }

    [Fact]
    public void Latency_IsOfLiveEvents_NotOfReplays()
    {
        Begin(0, whole: true);
        Send(1, replay: true);
        Send(2);
        Send(3);
        _time.Advance(TimeSpan.FromSeconds(2));
        Acknowledge(2);
        _time.Advance(TimeSpan.FromSeconds(1));
        Acknowledge(3);
        Assert.Equal([2, 3], _latencies);
    }

    private void Begin(long offset, bool whole) => _acks.Begin(new Cursor("k7", offset), whole, []);

    private void Send(long offset, VideoStatus status = VideoStatus.Processing, bool replay = false) =>
        _acks.Sent(new Cursor("k7", offset), Event("e" + offset, status: status), replay);

    private string Acknowledge(long offset)
    {
        var ack = _acks.Acknowledge(new Cursor("k7", offset));
        string?[] words =
        [
            ack.IsAhead ? "ahead" : null,
            ack.IsFree ? "free" : null,
            ack.Got is not { } got ? null : got.Events is null ? $"all to {got.Cursor.Offset}" : string.Join(' ', got.Events),
        ];
        return string.Join(", ", words.OfType<string>());
    }
}
