using Ingestion.Videos;

namespace Ingestion.Backends.Media;

/// <summary>What probing a source came to: <see cref="Media"/>, or why the source is no video that can be taken, or why there is no answer.</summary>
/// <param name="Media">What it is; null without an answer, and when it is refused.</param>
/// <param name="Refusal">A verdict about the input, which another try would not change.</param>
/// <param name="Broken">What kept the tool from an answer: to be retried.</param>
public sealed record ProbeResult(MediaInfo? Media, VideoError? Refusal, string? Broken)
{
    internal static ProbeResult Of(MediaInfo media) => new(media, null, null);

    internal static ProbeResult Refused(VideoError why) => new(null, why, null);

    internal static ProbeResult Of(string broken) => new(null, null, broken);
}

/// <summary>What making a poster came to.</summary>
/// <param name="Jpeg">The picture; null when no frame could be decoded, or when something broke.</param>
/// <param name="Broken">What kept the tool from an answer: to be retried.</param>
public sealed record PosterResult(byte[]? Jpeg, string? Broken);
