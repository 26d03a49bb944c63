using Ingestion.Grains.Videos;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Videos;

/// <summary>Videos at each stage of their life, made by the rules themselves.</summary>
internal static class VideoFixture
{
    public const string Id = "0190163d8694739b8ec16fb0de1b5fb5";

    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    public static readonly NewVideo New = new("ann", "cat.mp4", "video/mp4", 12_345, ManualTime.Start);

    public static readonly ProcessingResult Good =
        new(ProcessingDepth.Full, new MediaInfo(2, 320, 180, "mov,mp4", "h264", "aac"), HasPoster: true, Error: null);

    public static readonly ProcessingResult Bad = new(
        ProcessingDepth.Full, Media: null, HasPoster: false, new VideoError("media_unreadable", "It can't be read."));

    public static DateTimeOffset After(int seconds) => ManualTime.Start.AddSeconds(seconds);

    public static VideoState Queued() => VideoRules.Create(Id, New, jobSent: true, After(0)) with { Outbox = [] };

    public static VideoState Uploaded() => VideoRules.Create(Id, New, jobSent: false, After(0)) with { Outbox = [] };

    public static VideoState Claimed() => VideoRules.Claim(Queued(), "w1", Lease, holderIsDead: false, After(1)).Next with { Outbox = [] };

    public static VideoState Ready() => VideoRules.Finish(Claimed(), Good, After(2)) with { Outbox = [] };

    public static VideoState Failed() => VideoRules.Finish(Claimed(), Bad, After(2)) with { Outbox = [] };

    public static VideoState Deleting() => VideoRules.Delete(Ready(), After(3)) with { Outbox = [] };

    public static VideoState At(string stage) => stage switch
    {
        "none" => new VideoState(),
        "uploaded" => Uploaded(),
        "queued" => Queued(),
        "claimed" => Claimed(),
        "ready" => Ready(),
        "failed" => Failed(),
        "deleting" => Deleting(),
        "removed" => VideoRules.Remove(After(4)),
        "closed" => VideoRules.Close(After(4)),
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };

    public static IEnumerable<VideoStatus> Published(this VideoState state) => state.Outbox.Select(e => e.Status);
}
