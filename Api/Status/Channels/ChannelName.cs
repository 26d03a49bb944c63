using System.Diagnostics.CodeAnalysis;

namespace Ingestion.Api.Status.Channels;

/// <summary>Channel names. Those of videos are filter labels over a user's one journal; the others carry broadcasts.</summary>
internal static class ChannelName
{
    /// <summary>Everything of the user.</summary>
    public const string User = "user";

    /// <summary>Everyone.</summary>
    public const string System = "system";

    private const string VideoPrefix = "video:";
    private const string RolePrefix = "role:";
    private const int LongestRole = 64;

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

    /// <summary>Reads <c>role:{role}</c>.</summary>
    public static bool IsRole(string channel, [NotNullWhen(true)] out string? role)
    {
        role = channel.StartsWith(RolePrefix, StringComparison.Ordinal) ? channel[RolePrefix.Length..] : null;
        if (role is { Length: > 0 and <= LongestRole } && role.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            return true;
        role = null;
        return false;
    }

    /// <summary>Whether broadcasts go there.</summary>
    public static bool IsBroadcast(string channel) => channel == System || IsRole(channel, out _);
}
