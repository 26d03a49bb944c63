using System.Globalization;

namespace Ingestion.Tests.Cluster.Checks;

/// <summary>An event at its place in the journal.</summary>
/// <param name="Offset">The place.</param>
/// <param name="Id">Of the event.</param>
/// <param name="Video">The video that it is about.</param>
/// <param name="State">The state that it brings.</param>
/// <param name="Count">How many events of the same state of the video it stands for: a socket may get the newest of several.</param>
internal sealed record SeenEvent(long Offset, string Id, string Video, string State, long Count = 1)
{
    /// <summary>From a frame of a socket.</summary>
    public static SeenEvent Of(Frame frame) =>
        new(frame.Offset, frame.EventId!, frame.VideoId!, frame.State!, frame.Json.TryGetProperty("n", out var count) ? count.GetInt64() : 1);

    /// <summary>From a page of the history.</summary>
    public static SeenEvent Of(JsonElement e)
    {
        var data = e.GetProperty("data");
        return new SeenEvent(
            long.Parse(e.GetProperty("cursor").GetString()!.Split(':')[1], CultureInfo.InvariantCulture), e.GetProperty("id").GetString()!,
            data.GetProperty("video_id").GetString()!, data.GetProperty("state").GetString()!);
    }
}
