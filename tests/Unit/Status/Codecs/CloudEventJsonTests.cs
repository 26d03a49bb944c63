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
        Assert.Equal(frame.RootElement.GetProperty("data").GetRawText(), System.Text.Encoding.UTF8.GetString(CloudEventJson.Of(e)));
    }
}
