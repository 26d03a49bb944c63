using System.Buffers.Text;
using System.Globalization;
using System.Security.Claims;
using System.Text;
using Ingestion.Api.Auth;

namespace Ingestion.Api.Dashboard;

/// <summary>How a cookie of the dashboard is judged.</summary>
internal enum SessionVerdict
{
    /// <summary>It lets its user in.</summary>
    Valid,

    /// <summary>It never did, does not any more, or its user or token is denied.</summary>
    Refused,

    /// <summary>What is denied is not known yet.</summary>
    Unknown,
}

/// <summary>
/// Sessions at the dashboard. A browser that opens pages sends no bearer token, so an operator exchanges one for a cookie, which is good for the dashboard
/// alone and for a short time. It has user, token and end, signed by a key that is derived from the token key: every silo takes it, and nothing is stored. It
/// ends early when the token does, or is denied.
/// </summary>
internal sealed class DashboardSessions(TokenKeys tokenKeys, TimeProvider time, DeniedTokens? denied = null)
{
    /// <summary>The name of the cookie.</summary>
    public const string Cookie = "ingestion_dashboard";

    private const int Parts = 5;

    // A cookie of ours is shorter: a user id has 256 bytes at most.
    private const int Longest = 1024;

    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(30);

    private readonly AddressSigner _signer = new(tokenKeys, "ingestion dashboard session v1");

    /// <summary>A session of the caller, and its end.</summary>
    public (string Text, DateTimeOffset Expires) Begin(ClaimsPrincipal caller)
    {
        var (token, now) = (TokenIdentity.Of(caller), time.GetUtcNow());
        var expires = now + _lifetime;
        if (long.TryParse(caller.FindFirst("exp")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var end) && end < expires.ToUnixTimeSeconds())
            expires = DateTimeOffset.FromUnixTimeSeconds(end);
        var signed = string.Create(
            CultureInfo.InvariantCulture,
            $"{expires.ToUnixTimeSeconds()}.{token.IssuedAt}.{token.Id}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(token.User))}");
        return ($"{signed}.{_signer.Sign(signed)}", expires);
    }

    /// <summary>Judges a cookie.</summary>
    /// <returns>The verdict, and where it is valid the user.</returns>
    public (SessionVerdict Verdict, string User) Judge(string cookie)
    {
        if (Read(cookie) is not var (token, expires) || time.GetUtcNow() >= expires)
            return (SessionVerdict.Refused, "");
        if (denied is { IsKnown: false })
            return (SessionVerdict.Unknown, "");
        return denied?.Denies(token) is true ? (SessionVerdict.Refused, "") : (SessionVerdict.Valid, token.User);
    }

    /// <summary>Null: it is none of ours. What is signed was written by <see cref="Begin"/>, so it is read without doubt.</summary>
    private (TokenIdentity Token, DateTimeOffset Expires)? Read(string cookie)
    {
        if (cookie.Length > Longest || cookie.Split('.') is not { Length: Parts } parts || !_signer.Verify(cookie[..cookie.LastIndexOf('.')], parts[^1]))
            return null;
        var token = new TokenIdentity(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[3])), Number(parts[2]), Maker: 0, Number(parts[1]));
        return (token, DateTimeOffset.FromUnixTimeSeconds(Number(parts[0])));
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
