using System.Buffers.Binary;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Api.Auth;

/// <summary>
/// What a checked token is known by when it is looked up in the deny list. The ids are numbers, as each of tens of thousands of open sockets keeps
/// one of these.
/// </summary>
/// <param name="User">The user it speaks for.</param>
/// <param name="Id">Of its <c>jti</c>; 0 when it has none.</param>
/// <param name="Maker">Of the <c>jti</c> of the token that a share was made with; 0 when it is no share, or that had none.</param>
/// <param name="IssuedAt">In Unix seconds; 0 when the token has none.</param>
internal readonly record struct TokenIdentity(string User, long Id, long Maker, long IssuedAt)
{
    /// <summary>Of claims that <see cref="TokenClaims.ToIdentity"/> made.</summary>
    public static TokenIdentity Of(ClaimsPrincipal user) => new(
        user.UserId(),
        NumberOf(user.FindFirst(TokenService.IdClaim)?.Value),
        NumberOf(user.FindFirst(TokenService.MakerClaim)?.Value),
        long.TryParse(user.FindFirst(TokenService.IssuedAtClaim)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var issued) ? issued : 0);

    /// <summary>64 bits of a hash: two ids of a cluster never meet by chance, and anyone who could make them collide can sign tokens anyway.</summary>
    public static long NumberOf(string? id)
    {
        if (id is null)
            return 0;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash) | 1;
    }
}
