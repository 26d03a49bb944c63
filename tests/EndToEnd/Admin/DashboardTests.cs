using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Admin;

/// <summary>Orleans' dashboard where it is on: who gets in, and to what.</summary>
[Collection(DashboardSilo.Name)]
public sealed class DashboardTests(DashboardSilo shared) : IDisposable
{
    private const string Session = "/api/admin/dashboard/session";
    private const string Cookie = "ingestion_dashboard";

    // Everything that its page loads of itself, and asks for.
    private static readonly string[] _parts =
    [
        "/dashboard/", "/dashboard/index.html", "/dashboard/index.min.js", "/dashboard/index.css", "/dashboard/favicon.ico", "/dashboard/fonts/fa-solid-900.woff2",
        "/dashboard/img/OrleansLogo.png", "/dashboard/version", "/dashboard/DashboardCounters", "/dashboard/ClusterStats", "/dashboard/Reminders",
        "/dashboard/TopGrainMethods", "/dashboard/LifecycleStages", "/dashboard/GrainTypes",
    ];

    private readonly ApiClient _browser = new(shared.Silo.Address, token: null, isJudged: false);
    private readonly ApiClient _admin = shared.Silo.As("operator", "admin");

    public void Dispose()
    {
        _browser.Dispose();
        _admin.Dispose();
    }

    [Fact]
    public async Task PageAndData_Come_WithTheSession()
    {
        var cookie = await OpenAsync();
        foreach (var path in _parts)
        {
            var answer = (await GetAsync(path, cookie)).Is(200);
            Assert.NotEmpty(answer.Body);
            IsGuarded(answer);
        }

        var counters = (await GetAsync("/dashboard/DashboardCounters?exclude=Orleans.Runtime", cookie)).Is(200).Json;
        Assert.Equal("Active", Assert.Single(counters.GetProperty("hosts").EnumerateArray()).GetProperty("status").GetString());
        var silo = counters.GetProperty("hosts")[0].GetProperty("siloAddress").GetString()!;
        foreach (var part in (string[])["SiloProperties", "SiloStats", "SiloCounters", "HistoricalStats"])
            (await GetAsync($"/dashboard/{part}/{silo}", cookie)).Is(200);
        Assert.Equal("/dashboard/", (await GetAsync("/dashboard", cookie)).Is(301).Header("Location"));
    }

    [Fact]
    public async Task NothingOfIt_IsShown_WithoutASession()
    {
        using var reader = new ApiClient(shared.Silo.Address, _admin.Token, isJudged: false);
        foreach (var path in (string[])[.. _parts, "/dashboard", "/dashboard/Trace", "/dashboard/GrainState?grainId=1&grainType=a"])
        {
            (await _browser.GetAsync(path)).IsProblem(401, "dashboard_session_invalid");
            // A bearer token is no session, whatever it may do elsewhere.
            (await reader.GetAsync(path)).IsProblem(401, "dashboard_session_invalid");
        }
    }

    [Fact]
    public async Task Session_IsForOperatorsAlone()
    {
        using var reader = shared.Silo.As("reader", "read", "upload", "share", "webhooks", "tenant");
        (await reader.SendAsync(HttpMethod.Post, Session)).IsProblem(403, "scope_missing");
        using var stranger = new ApiClient(shared.Silo.Address, token: null);
        (await stranger.SendAsync(HttpMethod.Post, Session)).IsProblem(401, "token_missing");
        // Nor by what opens the dashboard itself.
        (await _browser.SendAsync(HttpMethod.Post, Session, content: null, ("Cookie", await OpenAsync()))).IsProblem(401, "token_missing");
    }

    [Fact]
    public async Task Session_IsACookieOfTheDashboardAlone_WithAShortLife()
    {
        var answer = (await _admin.SendAsync(HttpMethod.Post, Session)).Is(200);
        Assert.Equal("/dashboard/", answer.Json.GetProperty("address").GetString());
        var left = answer.Json.GetProperty("expires_at").GetDateTimeOffset() - TimeProvider.System.GetUtcNow();
        Assert.InRange(left.TotalMinutes, 29, 30);
        var attributes = answer.Header("Set-Cookie")!.Split("; ");
        Assert.StartsWith($"{Cookie}=", attributes[0], StringComparison.Ordinal);
        Assert.Contains("path=/dashboard", attributes);
        Assert.Contains("httponly", attributes);
        Assert.Contains("samesite=strict", attributes);
        Assert.DoesNotContain("secure", attributes);
        await Eventually.TrueAsync(
            () => Task.FromResult(shared.Silo.Log.Contains("operator dashboard.opened /dashboard until=", StringComparison.Ordinal)), "it is in the audit log");
    }

    [Fact]
    public async Task Session_IsSentByTlsAlone_WhereABrowserCameByTls_AndBehindAPrefix()
    {
        var answer = (await _admin.SendAsync(HttpMethod.Post, Session, content: null,
            ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Host", "videos.example.org"), ("X-Forwarded-Prefix", "/ingestion"))).Is(200);
        Assert.Equal("/ingestion/dashboard/", answer.Json.GetProperty("address").GetString());
        var attributes = answer.Header("Set-Cookie")!.Split("; ");
        Assert.Contains("secure", attributes);
        Assert.Contains("path=/ingestion/dashboard", attributes);
    }

    [Fact]
    public async Task OtherCookies_AreRefused()
    {
        var opened = await OpenAsync();
        var text = opened[(Cookie.Length + 1)..];
        var (head, tail) = (text[..text.LastIndexOf('.')], text[(text.LastIndexOf('.') + 1)..]);
        var past = Sign($"1700000000.0.0.{Encode("operator")}");
        string[] others =
        [
            "", "nonsense", _admin.Token!, head, $"{head}.{new string('A', tail.Length)}", $"9{head}.{tail}",
            $"{head[..head.LastIndexOf('.')]}.{Encode("another")}.{tail}", past,
        ];
        foreach (var other in others)
            (await GetAsync("/dashboard/ClusterStats", $"{Cookie}={other}")).IsProblem(401, "dashboard_session_invalid");
        // The signature is what these lack: with it the form is right.
        (await GetAsync("/dashboard/ClusterStats", $"{Cookie}={Sign($"4000000000.0.0.{Encode("operator")}")}")).Is(200);
    }

    [Fact]
    public async Task Session_EndsWhenItsTokenIsDenied()
    {
        var jti = $"token-{Guid.NewGuid():N}";
        using var leaver = new ApiClient(shared.Silo.Address, HandMadeToken.Sign(shared.Silo.Data, new TokenClaims("leaver", ["admin"]) { Id = jti }));
        var cookie = CookieOf((await leaver.SendAsync(HttpMethod.Post, Session)).Is(200));
        (await GetAsync("/dashboard/ClusterStats", cookie)).Is(200);

        using var body = new StringContent(JsonSerializer.Serialize(new { jti }), Encoding.UTF8, "application/json");
        (await _admin.SendAsync(HttpMethod.Post, "/api/admin/denials", body)).Is(201);
        (await GetAsync("/dashboard/ClusterStats", cookie)).IsProblem(401, "dashboard_session_invalid");
    }

    [Theory]
    [InlineData("cross-site", 401)]
    [InlineData("same-site", 401)]
    [InlineData("same-origin", 200)]
    [InlineData("none", 200)]
    public async Task PagesOfOtherHosts_GetNothing(string from, int status) =>
        (await _browser.GetAsync("/dashboard/ClusterStats", ("Cookie", await OpenAsync()), ("Sec-Fetch-Site", from))).Is(status);

    [Theory]
    [InlineData("GET", "/dashboard/Trace")]
    [InlineData("GET", "/dashboard/GrainState?grainId=operator&grainType=Ingestion.Grains.Webhooks.WebhookGrain")]
    [InlineData("GET", "/dashboard/index.min.js.map")]
    [InlineData("GET", "/dashboard/SiloProperties/127.0.0.1:1@2")]
    [InlineData("GET", "/dashboard/HistoricalStats/nonsense")]
    public async Task PartsThatShowContent_AndOtherSilos_AreNotThere(string method, string path) =>
        (await _browser.SendAsync(new HttpMethod(method), path, content: null, ("Cookie", await OpenAsync()))).Is(404);

    [Theory]
    [InlineData("POST", "/dashboard/ClusterStats")]
    [InlineData("DELETE", "/dashboard/")]
    public async Task NothingIsChanged(string method, string path) =>
        (await _browser.SendAsync(new HttpMethod(method), path, content: null, ("Cookie", await OpenAsync()))).Is(405);

    [Fact]
    public async Task ServiceDocument_NamesIt() =>
        Assert.Equal("/dashboard", (await _browser.GetAsync("/")).Is(200).Json.GetProperty("links").GetProperty("dashboard").GetString());

    private static string Encode(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string CookieOf(Answer answer) => answer.Header("Set-Cookie")!.Split(';')[0];

    private static void IsGuarded(Answer answer)
    {
        var policy = answer.Header("Content-Security-Policy")!.Split("; ");
        foreach (var directive in (string[])["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "form-action 'none'"])
            Assert.Contains(directive, policy);
        Assert.Equal(("nosniff", "no-referrer"), (answer.Header("X-Content-Type-Options"), answer.Header("Referrer-Policy")));
        Assert.Contains("no-store", answer.Header("Cache-Control"), StringComparison.Ordinal);
    }

    /// <summary>As the silo signs, with the key that it derives.</summary>
    private string Sign(string text)
    {
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, HandMadeToken.Key(shared.Silo.Data), 32, info: "ingestion dashboard session v1"u8.ToArray());
        return $"{text}.{System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)))}";
    }

    private async Task<string> OpenAsync() => CookieOf((await _admin.SendAsync(HttpMethod.Post, Session)).Is(200));

    private Task<Answer> GetAsync(string path, string cookie) => _browser.GetAsync(path, ("Cookie", cookie));
}

/// <summary>A silo with the dashboard.</summary>
public sealed class DashboardSilo : SiloFixture
{
    public const string Name = "dashboard silo";

    private protected override (string Name, string Value)[] Settings => [("Dashboard__Enabled", "true")];
}

/// <summary>Classes that share the silo.</summary>
[CollectionDefinition(DashboardSilo.Name)]
public sealed class DashboardSiloTests : ICollectionFixture<DashboardSilo>;
