using System.Collections.Frozen;
using Ingestion.Videos;

namespace Ingestion.Api.Status;

/// <summary>The channels of one socket.</summary>
/// <param name="Names">As they were asked for.</param>
/// <param name="Videos">Whose events it gets; null: those of all the user's videos.</param>
/// <param name="Broadcasts">Channels of broadcasts.</param>
internal sealed record ChannelSet(IReadOnlyList<string> Names, IReadOnlySet<string>? Videos, IReadOnlySet<string> Broadcasts)
{
    public static readonly ChannelSet None = new([], FrozenSet<string>.Empty, FrozenSet<string>.Empty);

    /// <summary>Whether anything of the user's journal is wanted.</summary>
    public bool HasJournal => Videos is not { Count: 0 };

    /// <summary>The channels if <paramref name="caller"/> may have them all; otherwise why not.</summary>
    public static async Task<(ChannelSet? Channels, string? Refusal)> AuthoriseAsync(IReadOnlyList<string> names, SocketCaller caller, IGrainFactory grains)
    {
        foreach (var name in names)
        {
            if (await RefuseAsync(name, caller, grains) is { } refusal)
                return (null, refusal);
        }

        return (Of(names), null);
    }

    public ChannelSet Without(IReadOnlyList<string> names) => Of([.. Names.Except(names)]);

    private static ChannelSet Of(IReadOnlyList<string> names) => new(
        names,
        names.Contains(Channels.User) ? null : names.Select(name => Channels.IsVideo(name, out var id) ? id : null).OfType<string>().ToHashSet(),
        Set(names.Where(Channels.IsBroadcast)));

    // Most sockets have none.
    private static IReadOnlySet<string> Set(IEnumerable<string> channels) => channels.ToHashSet() is { Count: > 0 } some ? some : FrozenSet<string>.Empty;

    private static async Task<string?> RefuseAsync(string name, SocketCaller caller, IGrainFactory grains)
    {
        if (name == Channels.User)
            return caller.SharedVideo is null ? null : "forbidden";
        if (name == Channels.System)
            return null;
        if (Channels.IsRole(name, out var role))
            return caller.Roles.Contains(role) ? null : "forbidden";
        if (!Channels.IsVideo(name, out var video))
            return "channel_unknown";
        // Another user's video looks like one that does not exist.
        var isTheirs = (caller.SharedVideo ?? video) == video && await grains.GetGrain<IVideoGrain>(video).GetAsync(caller.User) is not null;
        return isTheirs ? null : "forbidden";
    }
}
