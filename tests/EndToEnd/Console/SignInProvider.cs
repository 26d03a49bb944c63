using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Ingestion.Tests.Support.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Ingestion.Tests.EndToEnd.Console;

/// <summary>An identity provider at which a user is signed in already: codes with PKCE, tokens, their renewal, and the end of the session.</summary>
internal sealed class SignInProvider : IAsyncDisposable
{
    public const string Client = "ingestion-console";
    public const string User = "carol";

    private const int ChallengeLength = 43;

    private readonly IdentityProvider _provider;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> _codes = new();
    private readonly ConcurrentDictionary<string, bool> _refreshTokens = new();
    private readonly ConcurrentQueue<string> _secrets = new();
    private int _renewals;

    private SignInProvider(IdentityProvider provider)
    {
        _provider = provider;
        provider.Publish("key", _key);
        foreach (var (member, path) in (IEnumerable<(string, string)>)[
            ("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("end_session_endpoint", "end")])
            provider.Document[member] = provider.Address + path;
        provider.Others["/authorize"] = AuthorizeAsync;
        provider.Others["/token"] = GiveTokensAsync;
        provider.Others["/end"] = EndAsync;
    }

    public Uri Address => _provider.Address;

    /// <summary>The name of the button that leads here.</summary>
    public string Button => $"Sign in at {Address.Authority}";

    /// <summary>Of a silo whose console signs in here.</summary>
    public (string Name, string Value)[] Settings => [("Token__Authority", _provider.Issuer), ("Console__SignIn__ClientId", Client)];

    /// <summary>Parameters of the return in place of those that there would be; null leaves one out.</summary>
    public Dictionary<string, string?> Returned { get; } = [];

    /// <summary>Claims of the next id tokens in place of those that there would be.</summary>
    public Dictionary<string, object> IdClaims { get; } = [];

    /// <summary>Of access tokens.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>By how much its clock differs from that of this machine.</summary>
    public TimeSpan ClockError { get; set; }

    public int Renewals => Volatile.Read(ref _renewals);

    /// <summary>Sessions that have ended here, by the <c>sub</c> of their id token.</summary>
    public ConcurrentQueue<string> Ended { get; } = new();

    /// <summary>Whatever must not be in a log.</summary>
    public IReadOnlyCollection<string> Secrets => _secrets;

    public int CountOf(string path) => _provider.Requested.Count(requested => requested == path);

    public static async Task<SignInProvider> StartAsync() => new(await IdentityProvider.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        _key.Dispose();
    }

    private Task AuthorizeAsync(HttpContext context)
    {
        var given = context.Request.Query.ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString());
        var isRight = given["response_type"] == "code" && given["client_id"] == Client && given["scope"].Split(' ').Contains("openid")
            && given["code_challenge_method"] == "S256" && given["code_challenge"].Length == ChallengeLength && given["nonce"].Length > 0;
        if (!isRight)
            return Refuse(context, "invalid_request");
        var code = Secret();
        _codes[code] = given;
        var returned = new Dictionary<string, string?> { ["code"] = code, ["state"] = given["state"] };
        foreach (var (name, value) in Returned)
            returned[name] = value;
        context.Response.Redirect(QueryHelpers.AddQueryString(given["redirect_uri"], returned.Where(parameter => parameter.Value is not null)));
        return Task.CompletedTask;
    }

    private async Task GiveTokensAsync(HttpContext context)
    {
        // A public client of another origin: no cookies, and no preflight, as it is a plain form.
        context.Response.Headers.AccessControlAllowOrigin = context.Request.Headers.Origin;
        var form = await context.Request.ReadFormAsync();
        if (form["client_id"] != Client || Begun(form) is not { } begun)
        {
            await Refuse(context, "invalid_grant");
            return;
        }

        var now = TimeProvider.System.GetUtcNow() + ClockError;
        var idClaims = new Dictionary<string, object>
        {
            ["iss"] = _provider.Issuer, ["aud"] = Client, ["sub"] = User, ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = (now + Lifetime).ToUnixTimeSeconds(),
        };
        if (begun.TryGetValue("nonce", out var nonce))
            idClaims["nonce"] = nonce;
        foreach (var (name, value) in IdClaims)
            idClaims[name] = value;
        var refreshToken = Secret();
        _refreshTokens[refreshToken] = true;
        var claims = new TokenClaims(User, ["upload", "read"]) { Issuer = _provider.Issuer, IssuedAt = now, Expires = now + Lifetime };
        await context.Response.WriteAsJsonAsync(new
        {
            token_type = "Bearer", access_token = Sign(claims.ToJson()), id_token = Sign(JsonSerializer.Serialize(idClaims)), refresh_token = refreshToken,
        });
    }

    /// <summary>The request of a code, nothing of a refresh token; null: neither is good. Each is used up.</summary>
    private IReadOnlyDictionary<string, string>? Begun(IFormCollection form)
    {
        if (form["grant_type"] == "refresh_token" && _refreshTokens.TryRemove(form["refresh_token"].ToString(), out _))
        {
            Interlocked.Increment(ref _renewals);
            return new Dictionary<string, string>();
        }

        var verifier = form["code_verifier"].ToString();
        _secrets.Enqueue(verifier);
        return form["grant_type"] == "authorization_code" && _codes.TryRemove(form["code"].ToString(), out var begun)
            && begun["redirect_uri"] == form["redirect_uri"]
            && begun["code_challenge"] == Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))) ? begun : null;
    }

    private Task EndAsync(HttpContext context)
    {
        var query = context.Request.Query;
        Ended.Enqueue(HandMadeToken.Read(query["id_token_hint"].ToString()).GetProperty("sub").GetString()!);
        context.Response.Redirect(query["post_logout_redirect_uri"].ToString());
        return Task.CompletedTask;
    }

    private string Sign(string claims)
    {
        var signed = $"{HandMadeToken.Encode("""{"alg":"ES256","kid":"key","typ":"JWT"}""")}.{HandMadeToken.Encode(claims)}";
        var token = $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
        _secrets.Enqueue(token);
        return token;
    }

    private string Secret()
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        _secrets.Enqueue(secret);
        return secret;
    }

    private static Task Refuse(HttpContext context, string error)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsJsonAsync(new { error });
    }
}
