using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ingestion.Api.Status;
using Ingestion.Status;
using Ingestion.Tests.Shared;
using Ingestion.Tests.Unit.Infrastructure;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Status;

/// <summary>The server's frames, byte for byte: clients were written against these.</summary>
public class FramesTests
{
    private const string Video = "0190163d8694739b8ec16fb0de1b5fb5";

    private static readonly DateTimeOffset _at = ManualTime.Start.AddMilliseconds(678);
    private static readonly Cursor _cursor = new("k7", 184);
    private static readonly StatusEvent _ready = new("0190163d8694739b8ec16fb0de1b5fb6", Video, VideoStatus.Ready, _at);
    private static readonly StatusEvent _failed = new("0190163d8694739b8ec16fb0de1b5fb7", Video, VideoStatus.Failed, _at, Error: new VideoError("media_unreadable", "Not \"readable\" <ä>."));
    private static readonly StatusEvent _processing = new("0190163d8694739b8ec16fb0de1b5fb8", Video, VideoStatus.Processing, _at, Percent: 40);
    private static readonly StatusEvent _receiving = new("0190163d8694739b8ec16fb0de1b5fb9", Video, VideoStatus.Receiving, _at, ReceivedBytes: 5L << 30);

    private static readonly Dictionary<string, Func<byte[]>> _frames = new()
    {
        ["hello"] = () => Frames.Hello("s_9", 25_000, 1_790_000_000),
        ["subd-replay"] = () => Frames.Subscribed(1, SubscriptionMode.Replay, _cursor),
        ["subd-snapshot"] = () => Frames.Subscribed(9_007_199_254_740_993, SubscriptionMode.Snapshot, _cursor),
        ["subd-reset"] = () => Frames.Subscribed(id: null, SubscriptionMode.Reset, new Cursor("0", 0)),
        ["snap"] = () => Frames.Snapshot(_cursor, [new JournalEntry(180, _processing), new JournalEntry(184, _failed)]),
        ["snap-empty"] = () => Frames.Snapshot(new Cursor("0", 0), []),
        ["evt-ready"] = () => Frames.Event(_cursor, new Cursor("k7", 180), 1, _ready),
        ["evt-failed"] = () => Frames.Event(_cursor, new Cursor("k7", 183), 1, _failed),
        ["evt-processing"] = () => Frames.Event(_cursor, new Cursor("0", 0), 3, _processing with { Percent = null }),
        ["evt-progress"] = () => Frames.Progress(_processing),
        ["evt-progress-receiving"] = () => Frames.Progress(_receiving),
        ["evt-broadcast"] = () => Frames.Broadcast("system", new Broadcast("0190163d8694739b8ec16fb0de1b5fb0", _at, Encoding.UTF8.GetBytes("""{"text":"Maintenance at 10."}"""))),
        ["unsubd"] = () => Frames.Unsubscribed(2),
        ["authd"] = () => Frames.Authorised(1_790_003_600),
        ["ping"] = () => Frames.Ping(1_790_000_000_123),
        ["pong"] = () => Frames.Pong(5),
        ["pong-bare"] = () => Frames.Pong(timestampMs: null),
        ["err"] = () => Frames.Error(1, "forbidden", retry: false),
        ["err-bare"] = () => Frames.Error(id: null, "op_unknown", retry: true),
        ["bye-drain"] = () => Frames.Bye(CloseCode.Drain, 3700),
        ["bye-slow"] = () => Frames.Bye(CloseCode.Slow, retryMilliseconds: null),
    };

    public static TheoryData<string> Names => [.. _frames.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Frame_IsAsClientsKnowIt_WhenWritten(string name) => Golden.Verify($"Status/Golden/{name}.json", Encoding.UTF8.GetString(Payload(name)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Frame_IsOneJsonObjectWithAnOpFirst_WhenParsedStrictly(string name)
    {
        var frame = JsonNode.Parse(Payload(name), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject();
        Assert.Equal("op", frame.First().Key);
    }

    private static ReadOnlySpan<byte> Payload(string name) => SentFrames.PayloadOf(_frames[name]()).Span;

    [Fact]
    public void Progress_HasNoCursor_AsItStandsInNoJournal()
    {
        var frame = JsonNode.Parse(SentFrames.PayloadOf(Frames.Progress(_processing)).Span)!.AsObject();
        Assert.False(frame.ContainsKey("cur") || frame.ContainsKey("prev"));
        Assert.Equal((2, "video.progress"), ((int)frame["pri"]!, (string)frame["data"]!["type"]!));
    }

    [Fact]
    public void GoldenFiles_AllBelongToAFrame_WhenListed()
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Status", "Golden"), "*.json").Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(_frames.Keys.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(VideoStatus.Receiving, StatusPriority.State, false, "upload.created")]
    [InlineData(VideoStatus.Receiving, StatusPriority.Progress, false, "upload.progress")]
    [InlineData(VideoStatus.Uploaded, StatusPriority.State, false, "upload.completed")]
    [InlineData(VideoStatus.Cancelled, StatusPriority.Critical, true, "upload.cancelled")]
    [InlineData(VideoStatus.Expired, StatusPriority.Critical, true, "upload.expired")]
    [InlineData(VideoStatus.Failed, StatusPriority.Critical, true, "upload.failed")]
    [InlineData(VideoStatus.Failed, StatusPriority.Critical, false, "video.failed")]
    [InlineData(VideoStatus.Processing, StatusPriority.Progress, false, "video.progress")]
    [InlineData(VideoStatus.Ready, StatusPriority.Critical, false, "video.ready")]
    public void Type_SaysWhatHappenedToWhat_WhenWritten(VideoStatus status, StatusPriority priority, bool ofUpload, string expected) =>
        Assert.Equal(expected, new StatusEvent("e", Video, status, _at, OfUpload: ofUpload).TypeOf(priority));
}
