using System.Collections.Frozen;
using System.Globalization;
using System.Security.Claims;
using Ingestion.Api.Auth;
using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Api.Status.Sockets;

/// <summary>The owner of the socket, from its token.</summary>
/// <param name="Token">What its token is known by.</param>
/// <param name="Expires">When the token does, in Unix seconds.</param>
/// <param name="MayRead">Whether it may read at all.</param>
/// <param name="Roles">Whose broadcasts it gets.</param>
/// <param name="SharedVideo">The one video of the user that it may see; null: all of them.</param>
/// <param name="ShareId">With it: the share, as the video's record has it.</param>
internal sealed record SocketCaller(TokenIdentity Token, long Expires, bool MayRead, IReadOnlySet<string> Roles, string? SharedVideo, string? ShareId)
{
    /// <summary>The user whose journal it reads.</summary>
    public string User => Token.User;

    /// <summary>Whether this is a guest with a share of one video, not the user.</summary>
    public bool IsGuest => SharedVideo is not null;

    /// <summary>What it may read of an event.</summary>
    public EventAudience Audience => IsGuest ? EventAudience.Guest : EventAudience.Owner;

    /// <summary>Reads a checked token.</summary>
    public static SocketCaller Of(ClaimsPrincipal user)
    {
        var scopes = user.FindAll("scope").Select(claim => claim.Value).ToHashSet();
        var shared = scopes.Contains(Scopes.Read) ? null : user.FindFirst(TokenService.VideoClaim)?.Value;
        return new SocketCaller(
            TokenIdentity.Of(user),
            long.Parse(user.FindFirst("exp")!.Value, CultureInfo.InvariantCulture),
            scopes.Contains(Scopes.Read) || (scopes.Contains(Scopes.Share) && shared is not null),
            user.FindAll(TokenService.RoleClaim).Select(claim => claim.Value).ToFrozenSet(),
            shared,
            shared is null ? null : user.FindFirst(TokenService.IdClaim)?.Value);
    }

    /// <summary>
    /// Whether what it was given still counts: a guest's share must stand in the record of its video. For others the check of the token is enough.
    /// </summary>
    public async Task<bool> MayStayAsync(IGrainFactory grains) =>
        SharedVideo is null || (ShareId is not null && MediaId.IsValid(SharedVideo) && await grains.GetGrain<IVideoShares>(SharedVideo)
            .IsSharedAsync(User, ShareId));
}
