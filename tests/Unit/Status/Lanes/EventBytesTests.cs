using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Lanes;
using Ingestion.Status;
using Ingestion.Tests.Unit.Videos;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Status.Lanes;

/// <summary>What an event that waits for a slow reader is counted as, beside what it takes.</summary>
[Collection(EventMediaTests.SigningCodecs)]
public sealed class EventBytesTests
{
    private const string File = "holiday-2026.mp4";
    private const long Size = 12_500_000;

    [Fact]
    public void Event_IsCountedAsWhatThoseOfAVideoTake_WithinATenth()
    {
        var codec = FrameCodec.Json.With(EventMediaTests.Owners(new ManualTime()));
        var (at, before) = (new Cursor("0123abcd", 1_001), new Cursor("0123abcd", 1_000));
        var mean = Life().Average(e => codec.Event(at, before, 1, e).Length);
        Assert.InRange(SocketLanes.EventBytes, mean * .9, mean * 1.1);
    }

    /// <summary>However large the estimate is: the number of critical events that may wait is the one that is documented.</summary>
    [Fact]
    public void NumberOfEventsIsTheBound_AndNotTheirEstimate() =>
        Assert.True(SocketLanes.MostCritical * SocketLanes.EventBytes <= SocketLanes.MostCriticalBytes);

    /// <summary>All events of a video that has gone well.</summary>
    private static StatusEvent[] Life()
    {
        var sent = new VideoFacts("alice@example.org", File, ExternalId: null, SizeBytes: Size);
        var measured = sent with { DurationSeconds = 61.4, Width = 1920, Height = 1080, HasPoster = true };
        return
        [
            Of(VideoStatus.Receiving, sent with { SizeBytes = null }) with { OfUpload = true }, Of(VideoStatus.Uploaded, sent) with { OfUpload = true },
            Of(VideoStatus.Queued, sent), Of(VideoStatus.Processing, sent), Of(VideoStatus.Ready, measured),
        ];
    }

    private static StatusEvent Of(VideoStatus status, VideoFacts facts) =>
        new("0190163d8694739b8ec16fb0de1b5fb6", Entries.VideoId("a"), status, ManualTime.Start.AddMilliseconds(678)) { Facts = facts };
}
