using System.Diagnostics.CodeAnalysis;

namespace Ingestion.Api.Status;

/// <summary>Channel names: filter labels over a user's one journal.</summary>
internal static class Channels
{
    /// <summary>Everything of the user.</summary>
    public const string User = "user";

    private const string VideoPrefix = "video:";

    public static string OfVideo(string videoId) => VideoPrefix + videoId;

    /// <summary>Reads <c>video:{id}</c>.</summary>
    public static bool IsVideo(string channel, [NotNullWhen(true)] out string? videoId)
    {
        videoId = channel.StartsWith(VideoPrefix, StringComparison.Ordinal) ? channel[VideoPrefix.Length..] : null;
        if (MediaId.IsValid(videoId))
            return true;
        videoId = null;
        return false;
    }
}
