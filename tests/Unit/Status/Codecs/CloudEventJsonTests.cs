using System.Text.Json;
using Ingestion.Api.Status.Codecs;
using Ingestion.Status;
using Ingestion.Tests.Unit.Status.Sockets;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Status.Codecs;

/// <summary>An event reads the same on every transport.</summary>
public class CloudEventJsonTests
{
    [Theory]
    [InlineData(VideoStatus.Ready)]
    [InlineData(VideoStatus.Failed)]
    [InlineData(VideoStatus.Processing)]
    public void Event_IsByteForByteWhatSocketsGet(VideoStatus status)
    {
        var error = status is VideoStatus.Failed ? new VideoError("media_unreadable", "Not \"readable\" <ä>.") : null;
        var e = new StatusEvent("0190163d8694739b8ec16fb0de1b5fb6", Entries.VideoId("a"), status, ManualTime.Start, Error: error);
        using var frame = JsonDocument.Parse(SentFrames.PayloadOf(FrameCodec.Json.Event(new Cursor("k7", 2), new Cursor("k7", 1), 1, e)));
        Assert.Equal(frame.RootElement.GetProperty("data").GetRawText(), System.Text.Encoding.UTF8.GetString(CloudEventJson.Of(e, EventAudience.Owner)));
    }
}

/// <summary>What events carry of their video, and for whom.</summary>
public class EventFactsTests
{
    private const string Video = "0190163d8694739b8ec16fb0de1b5fb5";

    private static readonly Dictionary<string, string> _metadata = new() { ["title"] = "Ferien" };

    private static readonly VideoRecord _record = new(
        Video, "ann", VideoStatus.Ready, "clip.mp4", "video/mp4", 1234, ManualTime.Start, ManualTime.Start,
        new MediaInfo(1.5, 640, 360, "mov", "h264", null), ProcessingDepth.Full, HasPoster: true, Error: null)
    {
        Caller = new CallerData("order-42", _metadata),
    };

    private static readonly StatusEvent _ready = new("0190163d8694739b8ec16fb0de1b5fb6", Video, VideoStatus.Ready, ManualTime.Start)
    {
        Facts = VideoFacts.Of(_record, withMetadata: true),
    };

    [Fact]
    public void Owner_SeesEverything() => Assert.Equal(
        $$$"""
        {"video_id":"{{{Video}}}","state":"ready","owner":"ann","file_name":"clip.mp4","external_id":"order-42","size_bytes":1234,"duration_seconds":1.5,
        "width":640,"height":360,"metadata":{"title":"Ferien"},"links":{"self":"/api/videos/{{{Video}}}","source":"/api/videos/{{{Video}}}/source",
        "poster":"/api/videos/{{{Video}}}/poster"}}
        """.ReplaceLineEndings(""),
        DataOf(_ready, EventAudience.Owner).GetRawText());

    [Fact]
    public void Guest_SeesNeitherOwnerNorTheCallersDataNorLinks() => Assert.Equal(
        $$"""{"video_id":"{{Video}}","state":"ready","file_name":"clip.mp4","size_bytes":1234,"duration_seconds":1.5,"width":640,"height":360}""",
        DataOf(_ready, EventAudience.Guest).GetRawText());

    [Fact]
    public void EveryCodec_WritesForGuestsWhatGuestsMaySee()
    {
        Assert.Equal(8, FrameCodec.All.Count);
        foreach (var codec in FrameCodec.All)
        {
            var text = Convert.ToHexString(codec.Event(new Cursor("k7", 2), new Cursor("k7", 1), 1, _ready));
            foreach (var secret in (string[])["ann", "order-42", "Ferien"])
            {
                var hex = Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(secret));
                Assert.Equal(codec.Audience is EventAudience.Owner, text.Contains(hex, StringComparison.Ordinal));
            }

            Assert.Same(codec.Audience is EventAudience.Guest ? codec : codec.ForGuests(), codec.ForGuests());
            Assert.Equal((codec.Subprotocol, codec.Deflates, EventAudience.Guest), (codec.ForGuests().Subprotocol, codec.ForGuests().Deflates,
                codec.ForGuests().Audience));
        }
    }

    [Fact]
    public void Links_AreAbsent_BeforeTheLastByteAndAfterTheRemoval()
    {
        foreach (var e in (StatusEvent[])[_ready with { Status = VideoStatus.Receiving }, _ready with { Status = VideoStatus.Deleted },
            _ready with { Status = VideoStatus.Failed, OfUpload = true }])
            Assert.False(DataOf(e, EventAudience.Owner).TryGetProperty("links", out _));
        var here = DataOf(_ready with { Facts = _ready.Facts! with { HasPoster = false } }, EventAudience.Owner).GetProperty("links");
        Assert.False(here.TryGetProperty("poster", out _));
    }

    [Fact]
    public void Links_BeginWithThePublicAddress_WhereItIsKnown()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, CloudEventJson.Options))
            CloudEventJson.Write(json, _ready, _ready.JournalPriority, EventAudience.Owner, linkRoot: "https://videos.example.org");
        using var document = JsonDocument.Parse(stream.ToArray());
        var links = document.RootElement.GetProperty("data").GetProperty("links");
        Assert.Equal($"https://videos.example.org/api/videos/{Video}", links.GetProperty("self").GetString());
    }

    [Theory]
    [InlineData(EventAudience.Owner, true)]
    [InlineData(EventAudience.Guest, false)]
    public void Trace_IsTheOwners(EventAudience audience, bool isShown)
    {
        var traced = _ready with { TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
        var json = JsonSerializer.Deserialize<JsonElement>(CloudEventJson.Of(traced, audience));
        Assert.Equal(isShown ? traced.TraceParent : null, json.TryGetProperty("traceparent", out var trace) ? trace.GetString() : null);
        Assert.False(JsonSerializer.Deserialize<JsonElement>(CloudEventJson.Of(_ready, audience)).TryGetProperty("traceparent", out _));
    }

    [Fact]
    public void Metadata_StayInTheRecord_WhenTheyAreLarge()
    {
        var large = new Dictionary<string, string> { ["a"] = new('x', VideoFacts.MostMetadataBytes) };
        Assert.Null(VideoFacts.Of(_record with { Caller = new CallerData(null, large) }, withMetadata: true).Metadata);
        Assert.Null(VideoFacts.Of(_record, withMetadata: false).Metadata);
        Assert.Same(_metadata, VideoFacts.Of(_record, withMetadata: true).Metadata);
    }

    [Fact]
    public void Change_IsNoTerminalEvent_WhateverTheState()
    {
        var changed = _ready with { OfChange = true };
        Assert.Equal((StatusPriority.State, "video.updated"), (changed.JournalPriority, changed.TypeOf(changed.JournalPriority)));
        Assert.Contains("video.updated", Ingestion.Webhooks.WebhookEvents.All.AsEnumerable());
        Assert.DoesNotContain("video.updated", Ingestion.Webhooks.WebhookEvents.Terminal.AsEnumerable());
    }

    private static JsonElement DataOf(StatusEvent e, EventAudience audience) =>
        JsonSerializer.Deserialize<JsonElement>(CloudEventJson.Of(e, audience)).GetProperty("data");
}
