using System.Collections.Frozen;
using Ingestion.Api.Status.Sockets;

namespace Ingestion.Api.Status.Channels;

/// <summary>The channels of one socket.</summary>
/// <param name="Names">As requested.</param>
/// <param name="Videos">Whose events it gets; null: those of all the user's videos.</param>
/// <param name="Broadcasts">Channels of broadcasts.</param>
internal sealed record ChannelSet(IReadOnlyList<string> Names, IReadOnlySet<string>? Videos, IReadOnlySet<string> Broadcasts)
{
    /// <summary>Refusal: too many videos that do not exist were requested; a later retry may succeed.</summary>
    public const string RateLimited = "rate_limited";

    /// <summary>Refusal: no channel has such a name.</summary>
    public const string Unknown = "channel_unknown";

    private const string Forbidden = "forbidden";

    public static readonly ChannelSet None = new([], FrozenSet<string>.Empty, FrozenSet<string>.Empty);

    /// <summary>Whether anything of the user's journal is wanted.</summary>
    public bool HasJournal => Videos is not { Count: 0 };

    /// <summary>The channels if <paramref name="caller"/> may have them all; otherwise why not.</summary>
    public static async Task<(ChannelSet? Channels, string? Refusal)> AuthoriseAsync(IReadOnlyList<string> names, SocketCaller caller, OwnVideos videos)
    {
        if (names.Select(name => Refuse(name, caller)).FirstOrDefault(refusal => refusal is not null) is { } refused)
            return (null, refused);
        // Another user's video looks like a video that does not exist.
        return await videos.FindAsync(VideosOf(names), caller) switch
        {
            OwnVideosOutcome.All => (Of(names), null),
            OwnVideosOutcome.RateLimited => (null, RateLimited),
            _ => (null, Forbidden),
        };
    }

    /// <summary>
    /// Whether a socket that has these channels may keep them with another token of the same user. Its videos are not looked up again: they don't
    /// change their owner, and are the user's when they have gone.
    /// </summary>
    public bool MayKeep(SocketCaller caller) => Names.All(name => Refuse(name, caller) is null);

    public ChannelSet Without(IReadOnlyList<string> names) => Of([.. Names.Except(names)]);

    private static ChannelSet Of(IReadOnlyList<string> names) =>
        new(names, names.Contains(ChannelName.User) ? null : VideosOf(names), Set(names.Where(ChannelName.IsBroadcast)));

    private static HashSet<string> VideosOf(IEnumerable<string> names) =>
        [.. names.Select(name => ChannelName.IsVideo(name, out var id) ? id : null).OfType<string>()];

    // Most sockets have none.
    private static IReadOnlySet<string> Set(IEnumerable<string> channels) => channels.ToHashSet() is { Count: > 0 } some ? some : FrozenSet<string>.Empty;

    /// <summary>Why the token does not allow it, whatever there is behind the name.</summary>
    private static string? Refuse(string name, SocketCaller caller)
    {
        // A guest watches its video and nothing else, whatever else its token contains.
        if (name == ChannelName.User || name == ChannelName.System)
            return caller.IsGuest ? Forbidden : null;
        if (ChannelName.IsRole(name, out var role))
            return !caller.IsGuest && caller.Roles.Contains(role) ? null : Forbidden;
        if (!ChannelName.IsVideo(name, out var video))
            return Unknown;
        return (caller.SharedVideo ?? video) == video ? null : Forbidden;
    }
}
