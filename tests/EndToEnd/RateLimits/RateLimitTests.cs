using System.Globalization;
using System.Net.Http.Json;
using Ingestion.Tests.EndToEnd.Uploads.Direct;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.RateLimits;

/// <summary>A silo whose rates are so low that nothing comes back during a test: of everything three may come at once.</summary>
public sealed class LimitedSilo : SiloFixture
{
    public const int Burst = 3;

    // What may come at once is what comes in so many seconds: docs/operate/limits.md.
    private protected override (string Name, string Value)[] Settings =>
    [
        Rate("RefusalsPerSecondPerAddress", window: 60), Rate("UnknownIdsPerSecondPerUser", window: 100), Rate("SmallAppendsPerSecondPerUser", window: 50),
            Rate("ChangesPerSecondPerUser", window: 20),
        Rate("ConnectsPerSecondPerUser", window: 40), ("RateLimits__BroadcastsPerSecondPerUser", "0.01"), ("RateLimits__PartWritesPerSecond", "0.001"),
        ("RateLimits__HeldPollsPerUser", "2"),
    ];

    private static (string Name, string Value) Rate(string name, double window) =>
        ($"RateLimits__{name}", (Burst / window).ToString("0.#####", CultureInfo.InvariantCulture));
}

/// <summary>Everything that a caller can repeat is limited before it costs an activation or a write. Each test is another user at another address.</summary>
public sealed class RateLimitTests(LimitedSilo shared) : IClassFixture<LimitedSilo>
{
    private static int _addresses;

    // The tests stand where a trusted proxy would.
    private readonly (string, string) _from = ("X-Forwarded-For", $"203.0.113.{Interlocked.Increment(ref _addresses)}");

    [Fact]
    public async Task WrongTokensAreLimitedByAddress_AndRightOnesAreNot()
    {
        using var wrong = new ApiClient(shared.Silo.Address, "ey.bad.token");
        using var right = shared.Silo.As(SiloFixture.NewUser());
        using var upload = shared.Silo.As(SiloFixture.NewUser(), "upload");
        (await wrong.GetAsync("/api/videos", _from)).IsProblem(401, "token_invalid");
        (await upload.GetAsync("/api/videos", _from)).IsProblem(403, "scope_missing");
        (await wrong.GetAsync("/api/events?ticket=0123456789abcdef0123456789abcdef", _from)).IsProblem(401, "token_invalid");

        var refused = IsLimited(await wrong.GetAsync("/api/videos", _from), "refusal-address");
        Assert.Null(refused.Header("WWW-Authenticate"));
        IsLimited(await upload.GetAsync("/api/videos", _from), "refusal-address");
        (await right.GetAsync("/api/videos", _from)).Is(200);
        (await wrong.GetAsync("/api/videos", ("X-Forwarded-For", "198.51.100.1"))).IsProblem(401, "token_invalid");
    }

    [Fact]
    public async Task AddressesOfTheSameNetworkAreOne_WhenItIsOfIpv6()
    {
        using var wrong = new ApiClient(shared.Silo.Address, "ey.bad.token");
        for (var i = 0; i < LimitedSilo.Burst; i++)
            (await wrong.GetAsync("/api/videos", ("X-Forwarded-For", $"2001:db8:1:2::{i + 1}"))).IsProblem(401, "token_invalid");
        IsLimited(await wrong.GetAsync("/api/videos", ("X-Forwarded-For", "2001:db8:1:2:ffff::1")), "refusal-address");
        (await wrong.GetAsync("/api/videos", ("X-Forwarded-For", "2001:db8:1:3::1"))).IsProblem(401, "token_invalid");
    }

    [Theory]
    [InlineData("GET", "/api/videos/{id}")]
    [InlineData("GET", "/api/tasks/{id}")]
    [InlineData("GET", "/api/videos/{id}/source")]
    [InlineData("GET", "/api/videos/{id}/poster")]
    [InlineData("DELETE", "/api/videos/{id}")]
    [InlineData("HEAD", "/api/uploads/{id}")]
    [InlineData("GET", "/api/uploads/{id}")]
    [InlineData("DELETE", "/api/uploads/{id}")]
    [InlineData("PATCH", "/api/uploads/{id}")]
    [InlineData("GET", "/api/uploads/{id}/parts")]
    public async Task MadeUpIdsAreLimitedByUser(string method, string path)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        Task<Answer> RequestAsync() => new TusClient(api).SendAsync(
            method, path.Replace("{id}", Guid.CreateVersion7().ToString("N"), StringComparison.Ordinal), method == "PATCH"
            ? [1] : null, method == "PATCH" ? [_from, ("Upload-Offset", "0")]
            : [_from]);
        for (var i = 0; i < LimitedSilo.Burst; i++)
            (await RequestAsync()).Is(404);
        var limited = (await RequestAsync()).Is(429);
        Assert.StartsWith("\"unknown-id-user\";r=0;t=", limited.Header("RateLimit"), StringComparison.Ordinal);

        using var other = shared.Silo.As(SiloFixture.NewUser());
        (await other.GetAsync($"/api/videos/{Guid.CreateVersion7():N}", _from)).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task MadeUpVideosAreLimited_WhenASocketSubscribes()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        // The first made-up one decides, and is the only one that is looked up.
        for (var i = 0; i < LimitedSilo.Burst; i++)
        {
            await socket.SendAsync(new { op = "sub", id = i, ch = MadeUp(64) });
            Assert.Equal(("forbidden", false), Of(await socket.NextAsync("err")));
        }

        await socket.SendAsync(new { op = "sub", id = LimitedSilo.Burst, ch = MadeUp(64) });
        Assert.Equal(("rate_limited", true), Of(await socket.NextAsync("err")));
        // What names no video costs nothing.
        await socket.SubscribeAsync(["user"]);

        static string[] MadeUp(int count) => [.. Enumerable.Range(0, count).Select(_ => $"video:{Guid.CreateVersion7():N}")];

        static (string?, bool) Of(Frame error) => (error.Code, error.Json.GetProperty("retry").GetBoolean());
    }

    [Fact]
    public async Task PiecesThatDoNotExistAreLimited_WhenAFinalUploadNamesThem()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        Task<Answer> JoinAsync() => new TusClient(api).PostAsync(null, _from, ("Upload-Concat", $"final;/api/uploads/{Guid.CreateVersion7():N}"));
        for (var i = 0; i < LimitedSilo.Burst; i++)
            (await JoinAsync()).IsProblem(400, "partial_upload_unknown");
        IsLimited(await JoinAsync(), "unknown-id-user");
    }

    [Fact]
    public async Task TicketsSharesAndWebhooksAreLimitedTogether()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        var first = (await api.SendAsync(HttpMethod.Post, "/api/events/tickets", null, _from)).Is(201);
        Assert.StartsWith("\"change-user\";r=2;t=", first.Header("RateLimit"), StringComparison.Ordinal);
        Assert.StartsWith("\"change-user\";q=3;w=20", first.Header("RateLimit-Policy"), StringComparison.Ordinal);
        (await api.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share", null, _from)).Is(201);
        (await api.SendAsync(HttpMethod.Post, "/api/webhooks", JsonContent.Create(new { }), _from)).Is(400);

        IsLimited(await api.SendAsync(HttpMethod.Post, "/api/events/tickets", null, _from), "change-user");
        IsLimited(await api.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share", null, _from), "change-user");
        IsLimited(await api.SendAsync(HttpMethod.Post, "/api/webhooks", JsonContent.Create(new { }), _from), "change-user");
    }

    [Fact]
    public async Task AppendsOfAByteAreLimited_AndLeaveTheUploadAsItIs()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        for (var i = 0; i < LimitedSilo.Burst; i++)
            (await tus.PatchAsync(path, i, Samples.Mp4[i..(i + 1)], _from)).Is(204);
        IsLimited(await tus.PatchAsync(path, LimitedSilo.Burst, Samples.Mp4[LimitedSilo.Burst..(LimitedSilo.Burst + 1)], _from), "small-append-user");
        Assert.Equal(LimitedSilo.Burst, await tus.OffsetAsync(path));
    }

    [Fact]
    public async Task AppendsAtAWrongOffsetAreLimited()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        for (var i = 0; i < LimitedSilo.Burst; i++)
            (await tus.PatchAsync(path, 1, Samples.Mp4[1..], _from)).Is(409);
        IsLimited(await tus.PatchAsync(path, 1, Samples.Mp4[1..], _from), "small-append-user");
    }

    [Fact]
    public async Task PiecesThatAreWholeUploadsCostNothing()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        for (var i = 0; i < 2 * LimitedSilo.Burst; i++)
            (await tus.PatchAsync(await tus.CreateAsync(Samples.Mp4.Length), 0, Samples.Mp4, _from)).Is(204);
    }

    [Fact]
    public async Task SignedAddressOfAPartIsUsedAFewTimesOnly()
    {
        const int Uses = 10;
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(Samples.Mp4);
        for (var i = 0; i < Uses; i++)
            await client.PutAsync(upload, 1);
        IsLimited(await client.PutAsync(upload.UrlOf(1), upload.BytesOf(1)), "part-write");
        (await client.CompleteAsync(upload, new SentPart(
            1, (await client.PartsAsync(upload)).Is(200).Json.GetProperty("parts")[0].GetProperty("etag").GetString()!))).Is(201);
    }

    [Fact]
    public async Task PollsThatWaitAreCounted()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var polls = Enumerable.Range(0, 3).Select(_ => api.GetAsync("/api/events/poll?after=0:0&wait=60", _from)).ToList();

        var refused = await Task.WhenAny(polls);

        var answer = (await refused).IsProblem(429, "too_many_polls");
        Assert.InRange(int.Parse(answer.Header("Retry-After")!, CultureInfo.InvariantCulture), 1, 60);
        await api.UploadAsync(Samples.Mp4);
        foreach (var poll in polls.Where(poll => poll != refused))
            (await poll).Is(200);
    }

    [Fact]
    public async Task ReadsOfAWebhookThatWaitAreCounted()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = (await api.SendAsync(HttpMethod.Post, "/api/webhooks", JsonContent.Create(new { pull = true }))).Is(201).Json.GetProperty("id").GetString();
        var reads = Enumerable.Range(0, 3).Select(_ => api.GetAsync($"/api/webhooks/{id}/events?wait=30", _from)).ToList();

        var refused = await Task.WhenAny(reads);

        Assert.InRange(int.Parse((await refused).IsProblem(429, "too_many_polls").Header("Retry-After")!, CultureInfo.InvariantCulture), 1, 60);
        await api.UploadAsync(Samples.Mp4);
        foreach (var read in reads.Where(read => read != refused))
            Assert.NotEmpty((await read).Is(200).Json.GetProperty("events").EnumerateArray());
    }

    [Fact]
    public async Task StreamsPollsAndSocketsAreLimitedTogether_WhenTheyBegin()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using (var socket = await StatusClient.ConnectAsync(api))
            await socket.NextAsync("hello");
        (await api.GetAsync("/api/events/poll?wait=0", _from)).Is(200);
        (await api.GetAsync("/api/events/poll?wait=0", _from)).Is(200);
        IsLimited(await api.GetAsync("/api/events/poll?wait=0", _from), "connect-user");
        IsLimited(await api.GetAsync("/api/events", _from), "connect-user");
        // A page sees no status of a refused handshake.
        await using var page = await StatusClient.ConnectAsync(shared.Silo.Address, options =>
        {
            options.AddSubProtocol(StatusClient.Subprotocol);
            options.AddSubProtocol($"bearer.{HandMadeToken.Encode(api.Token!)}");
        });
        Assert.True((await page.IsClosedAsync(4106)).Number("retry_ms") > 0);
    }

    [Fact]
    public async Task BroadcastsAreLimitedByOperator()
    {
        using var admin = shared.Silo.As(SiloFixture.NewUser(), "admin");
        Task<Answer> BroadcastAsync() => admin.SendAsync(
            HttpMethod.Post, "/api/admin/broadcast", JsonContent.Create(new { channel = "system", message = 1 }), _from);
        (await BroadcastAsync()).Is(202);
        IsLimited(await BroadcastAsync(), "broadcast-user");
    }

    [Fact]
    public async Task RefusalsAreCountedByPolicy_AndNotLogged()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        for (var i = 0; i < 2 * LimitedSilo.Burst; i++)
            await api.SendAsync(HttpMethod.Post, "/api/events/tickets", null, _from);
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(shared.Silo.Address, "/metrics"));
        Assert.Matches("""ingestion_ratelimit_refused_total\{[^}]*ingestion_ratelimit_policy="change"[^}]*ingestion_ratelimit_scope="user"[^}]*\} [1-9]""",
            metrics);
        Assert.DoesNotContain("rate_limited", shared.Silo.Log, StringComparison.Ordinal);
    }

    private static Answer IsLimited(Answer answer, string policy)
    {
        Assert.True(int.Parse(answer.IsProblem(429, "rate_limited").Header("Retry-After")!, CultureInfo.InvariantCulture) >= 1);
        Assert.StartsWith($"\"{policy}\";r=0;t=", answer.Header("RateLimit"), StringComparison.Ordinal);
        Assert.Contains($"\"{policy}\";q=", answer.Header("RateLimit-Policy"), StringComparison.Ordinal);
        return answer;
    }
}
