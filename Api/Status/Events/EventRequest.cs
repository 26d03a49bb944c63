using System.Globalization;
using Ingestion.Api.Auth;
using Ingestion.Api.Problems;
using Ingestion.Api.Status.Channels;
using Ingestion.Api.Status.Sockets;
using Ingestion.Api.Videos.Links;
using Ingestion.Videos;
using Microsoft.Extensions.Primitives;

namespace Ingestion.Api.Status.Events;

/// <summary>What an event stream, a poll or a reader of the history asks for: the same as a socket's <c>sub</c>, with the same refusals.</summary>
/// <param name="Channels">The channels.</param>
/// <param name="Since">From where on; null: the latest state of each video first.</param>
/// <param name="Heartbeat">Between two signs of life of a stream; null: as usual.</param>
/// <param name="Media">Signs the addresses in the events; null: there are none.</param>
internal sealed record EventRequest(ChannelSet Channels, EventPlace? Since, TimeSpan? Heartbeat, IMediaAddresses? Media)
{
    /// <summary>
    /// Reads <c>ch</c> or <c>video</c>, <c>heartbeat</c>, and the cursor, which is in the <paramref name="cursor"/> text. A guest whose share has ended is
    /// refused.
    /// </summary>
    public static async Task<(EventRequest? Request, ProblemResult? Refusal)> ReadAsync(
        HttpContext context, SocketCaller caller, IGrainFactory grains, OwnVideos videos, string cursor)
    {
        var query = context.Request.Query;
        if (!TryReadPlace(cursor, out var since))
            return (null, Problem.CursorInvalid.ToResult());
        if (!Heartbeats.TryRead(query["heartbeat"], out var heartbeat))
            return (null, Problem.HeartbeatInvalid.ToResult());
        var (channels, refusal) = await AuthoriseAsync(query["ch"], query["video"], caller, videos);
        if (channels is null)
            return (null, refusal!.ToResult());
        if (await caller.MayStayAsync(grains))
            return (new EventRequest(channels, since, heartbeat, await context.RequestServices.GetRequiredService<EventMedia>().OfAsync(caller)), null);
        context.Response.Headers.WWWAuthenticate = BearerEvents.InvalidToken;
        return (null, Problem.TokenRevoked.ToResult());
    }

    /// <summary>Empty is no cursor.</summary>
    private static bool TryReadPlace(string text, out EventPlace? place)
    {
        place = EventPlace.TryParse(text, out var parsed) ? parsed : null;
        return text.Length == 0 || place is not null;
    }

    /// <summary>Another user's video looks like a video that does not exist, here as everywhere.</summary>
    private static async Task<(ChannelSet? Channels, Problem? Refusal)> AuthoriseAsync(
        StringValues named, StringValues video, SocketCaller caller, OwnVideos videos)
    {
        var names = NamesOf(named, video, caller);
        if (names.Length is 0 or > SocketLimits.MostChannels)
            return (null, Problem.ChannelsInvalid);
        if (video.Count > 0 && !names.All(name => ChannelName.IsVideo(name, out _)))
            return (null, Problem.NotFound);
        var (channels, refusal) = await ChannelSet.AuthoriseAsync(names, caller, videos);
        return channels is not null ? (channels, null) : (null, refusal switch
        {
            ChannelSet.RateLimited => Problem.RateLimited with { RetryAfter = AcceptRate.Delay() },
            ChannelSet.Unknown => Problem.ChannelUnknown,
            _ when names.Any(name => !ChannelName.IsVideo(name, out _)) => Problem.Forbidden,
            _ => Problem.NotFound,
        });
    }

    /// <summary>Without a name: everything of the user, and of a guest the video that is shared.</summary>
    private static string[] NamesOf(StringValues named, StringValues video, SocketCaller caller)
    {
        if (video.Count > 0)
            return [.. video.Select(id => ChannelName.OfVideo(id ?? ""))];
        return named.Count > 0
            ? [.. named.SelectMany(names => (names ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct()]
            : [caller.SharedVideo is { } shared ? ChannelName.OfVideo(shared) : ChannelName.User];
    }
}

/// <summary>Heartbeats that a client may ask for, in seconds: its network drops what is quiet, or it must know soon of a dead connection.</summary>
internal static class Heartbeats
{
    public const int Shortest = 5;

    public const int Longest = 60;

    /// <summary>Nothing is no wish.</summary>
    public static bool TryRead(string? text, out TimeSpan? heartbeat)
    {
        heartbeat = null;
        if (string.IsNullOrEmpty(text))
            return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || !IsValid(seconds))
            return false;
        heartbeat = TimeSpan.FromSeconds(seconds);
        return true;
    }

    public static bool IsValid(long seconds) => seconds is >= Shortest and <= Longest;
}
