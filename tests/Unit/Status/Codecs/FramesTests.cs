using System.Formats.Cbor;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;
using Ingestion.Tests.Unit.Status.Sockets;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Status.Codecs;

/// <summary>The server's frames, byte for byte: clients were written against these.</summary>
public class FramesTests
{
    private const string Video = "0190163d8694739b8ec16fb0de1b5fb5";

    private static readonly DateTimeOffset _at = ManualTime.Start.AddMilliseconds(678);
    private static readonly Cursor _cursor = new("k7", 184);
    private static readonly StatusEvent _ready = new("0190163d8694739b8ec16fb0de1b5fb6", Video, VideoStatus.Ready, _at);
    private static readonly StatusEvent _failed = new("0190163d8694739b8ec16fb0de1b5fb7", Video, VideoStatus.Failed, _at,
        Error: new VideoError("media_unreadable", "Not \"readable\" <ä>."));
    private static readonly StatusEvent _processing = new("0190163d8694739b8ec16fb0de1b5fb8", Video, VideoStatus.Processing, _at, Percent: 40);
    private static readonly StatusEvent _receiving = new("0190163d8694739b8ec16fb0de1b5fb9", Video, VideoStatus.Receiving, _at, ReceivedBytes: 5L << 30);

    private static readonly StatusEvent _disabled = new("0190163d8694739b8ec16fb0de1b5fba-disabled-1", "", default, _at)
    {
        Webhook = new WebhookNotice("0190163d8694739b8ec16fb0de1b5fba", WebhookNotice.DisabledType, WebhookNotice.Failing, _at.AddDays(-5), 7),
    };

    private static readonly Dictionary<string, Func<FrameCodec, byte[]>> _frames = new()
    {
        ["hello"] = codec => codec.Hello("s_9", 25_000, 120, 1_790_000_000),
        ["subd-replay"] = codec => codec.Subscribed(new Announcement(1), SubscriptionMode.Replay, new Cursor("k7", 173), _cursor),
        ["subd-snapshot"] = codec => codec.Subscribed(new Announcement(9_007_199_254_740_993), SubscriptionMode.Snapshot, at: null, _cursor),
        ["subd-reset"] = codec => codec.Subscribed(new Announcement(Id: null), SubscriptionMode.Reset, at: null, new Cursor("0", 0)),
        ["snap"] = codec => codec.Snapshot(_cursor, [new JournalEntry(180, _processing), new JournalEntry(184, _failed)]).Single(),
        ["snap-empty"] = codec => codec.Snapshot(new Cursor("0", 0), []).Single(),
        ["evt-ready"] = codec => codec.Event(_cursor, new Cursor("k7", 180), 1, _ready),
        ["evt-failed"] = codec => codec.Event(_cursor, new Cursor("k7", 183), 1, _failed),
        ["evt-processing"] = codec => codec.Event(_cursor, new Cursor("0", 0), 3, _processing with { Percent = null }),
        ["evt-webhook"] = codec => codec.Event(_cursor, new Cursor("k7", 183), 1, _disabled),
        ["evt-progress"] = codec => codec.Progress(_processing),
        ["evt-progress-receiving"] = codec => codec.Progress(_receiving),
        ["evt-broadcast"] = codec => codec.Broadcast("system",
        new Broadcast("0190163d8694739b8ec16fb0de1b5fb0", _at, Encoding.UTF8.GetBytes("""{"text":"Maintenance at 10."}"""))),
        ["unsubd"] = codec => codec.Unsubscribed(2),
        ["authd"] = codec => codec.Authorised(1_790_003_600),
        ["ping"] = codec => codec.Ping(1_790_000_000_123),
        ["ping-place"] = codec => codec.Ping(1_790_000_000_123, _cursor),
        ["pong"] = codec => codec.Pong(5),
        ["pong-bare"] = codec => codec.Pong(timestampMs: null),
        ["err"] = codec => codec.Error(1, "forbidden", retry: false),
        ["err-bare"] = codec => codec.Error(id: null, "op_unknown", retry: true),
        ["bye-drain"] = codec => codec.Bye(CloseCode.Drain, 3700),
        ["bye-slow"] = codec => codec.Bye(CloseCode.Slow, retryMilliseconds: null),
    };

    public static TheoryData<string> Names => [.. _frames.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Frame_IsAsClientsKnowIt_WhenWritten(string name) => Golden.Verify($"Status/Codecs/Golden/{name}.json", Encoding.UTF8.GetString(Payload(name)));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(25, 1)]
    [InlineData(26, 2)]
    [InlineData(3000, 120)]
    public void Snapshot_ComesInParts_TheLastOfWhichIsMarked(int videos, int parts)
    {
        JournalEntry[] latest = [.. Enumerable.Range(1, videos).Select(offset => Entries.Entry(offset))];
        var frames = FrameCodec.Json.Snapshot(_cursor, latest).Select(frame => JsonDocument.Parse(SentFrames.PayloadOf(frame)).RootElement).ToArray();
        Assert.Equal(parts, frames.Length);
        Assert.Equal(latest.Select(entry => entry.Event.Id), frames.SelectMany(frame => frame.GetProperty("data").EnumerateArray())
            .Select(entry => entry.GetProperty("id").GetString()));
        Assert.Equal([.. Enumerable.Repeat(false, parts - 1), true], frames.Select(frame => frame.GetProperty("fin").GetBoolean()));
        Assert.All(frames, frame => Assert.Equal("k7:184", frame.GetProperty("cur").GetString()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Frame_IsOneJsonObjectWithAnOpFirst_WhenParsedStrictly(string name)
    {
        var frame = JsonNode.Parse(Payload(name), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject();
        Assert.Equal("op", frame.First().Key);
    }

    [Fact]
    public void CborFrames_AreAsClientsKnowThem_WhenWritten() =>
        Golden.Verify("Status/Codecs/Golden/frames.cbor.txt",
            string.Join('\n', _frames.Select(frame => $"{frame.Key} {Convert.ToHexStringLower(CborPayload(frame.Key))}")));

    [Theory]
    [MemberData(nameof(Names))]
    public void CborFrame_IsOneMapWithTheOpOfTheJson(string name)
    {
        var cbor = new CborReader(CborPayload(name), CborConformanceMode.Strict);
        cbor.ReadStartMap();
        Assert.Equal("op", cbor.ReadTextString());
        Assert.Equal((string?)JsonNode.Parse(Payload(name))!["op"], cbor.ReadTextString());
        while (cbor.PeekState() is not CborReaderState.EndMap)
            cbor.SkipValue();
        cbor.ReadEndMap();
        Assert.Equal(0, cbor.BytesRemaining);
    }

    [Theory]
    [InlineData("evt-ready")]
    [InlineData("evt-processing")]
    [InlineData("evt-progress")]
    public void CborEvent_TakesLessThanHalfOfItsJson(string name) => Assert.InRange(CborPayload(name).Length, 1, Payload(name).Length / 2);

    private static ReadOnlySpan<byte> Payload(string name) => SentFrames.PayloadOf(_frames[name](FrameCodec.Json)).Span;

    private static byte[] CborPayload(string name)
    {
        var frame = _frames[name](FrameCodec.Cbor);
        Assert.Equal(0x82, frame[0]);
        return frame[(frame[1] is 126 ? 4 : 2)..];
    }

    [Fact]
    public void Progress_HasNoCursor_AsItStandsInNoJournal()
    {
        var frame = JsonNode.Parse(SentFrames.PayloadOf(FrameCodec.Json.Progress(_processing)).Span)!.AsObject();
        Assert.False(frame.ContainsKey("cur") || frame.ContainsKey("prev"));
        Assert.Equal((2, "video.progress"), ((int)frame["pri"]!, (string)frame["data"]!["type"]!));
    }

    [Fact]
    public void GoldenFiles_AllBelongToAFrame_WhenListed()
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Status", "Codecs", "Golden"), "*.json").Select(Path.GetFileNameWithoutExtension);
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
    public void Type_NamesTheSubjectAndTheChange(VideoStatus status, StatusPriority priority, bool ofUpload, string expected) =>
        Assert.Equal(expected, new StatusEvent("e", Video, status, _at, OfUpload: ofUpload).TypeOf(priority));
}
