using System.Collections.Frozen;
using System.Globalization;
using System.Security.Claims;
using Ingestion.Api.Auth;

namespace Ingestion.Api.Status.Sockets;

/// <summary>Whose socket it is, as its token says.</summary>
/// <param name="User">The user whose journal it reads.</param>
/// <param name="Expires">When the token does, in Unix seconds.</param>
/// <param name="MayRead">Whether it may read at all.</param>
/// <param name="Roles">Whose broadcasts it gets.</param>
/// <param name="SharedVideo">The one video of the user that it may see; null: all of them.</param>
/// <param name="Link">The share link that it came with; null: none.</param>
internal sealed record SocketCaller(string User, long Expires, bool MayRead, IReadOnlySet<string> Roles, string? SharedVideo, string? Link = null)
{
    /// <summary>Whether it is not the user, but someone to whom the user has shown a video.</summary>
    public bool IsGuest => SharedVideo is not null;

    /// <summary>Reads a checked token.</summary>
    public static SocketCaller Of(ClaimsPrincipal user)
    {
        var scopes = user.FindAll("scope").Select(claim => claim.Value).ToHashSet();
        var shared = scopes.Contains(Scopes.Read) ? null : user.FindFirst(TokenService.VideoClaim)?.Value;
        return new SocketCaller(
            user.UserId(),
            long.Parse(user.FindFirst("exp")!.Value, CultureInfo.InvariantCulture),
            scopes.Contains(Scopes.Read) || (scopes.Contains(Scopes.Share) && shared is not null),
            user.FindAll(TokenService.RoleClaim).Select(claim => claim.Value).ToFrozenSet(),
            shared,
            shared is null ? null : user.FindFirst(TokenService.LinkClaim)?.Value);
    }
}
