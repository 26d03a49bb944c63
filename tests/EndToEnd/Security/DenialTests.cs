using Ingestion.Tests.EndToEnd.Webhooks;

namespace Ingestion.Tests.EndToEnd.Security;

/// <summary>Tokens that are denied, and users who are disconnected.</summary>
public sealed class DenialTests(DenialSilo shared) : IClassFixture<DenialSilo>
{
    private const string Denials = "/api/admin/denials";

    [Fact]
    public async Task TokenIsRefusedAndWhatItHasOpenEnds_WhenItIsDenied()
    {
        var user = SiloFixture.NewUser();
        var (leaked, fine) = (Token(user, "t1-" + user), Token(user, "t2-" + user));
        using var bad = new ApiClient(shared.Silo.Address, leaked);
        using var good = new ApiClient(shared.Silo.Address, fine);
        var video = await bad.UploadToReadyAsync(Samples.Mp4);
        using var guest = new ApiClient(shared.Silo.Address, (await ShareTests.ShareAsync(bad, video)).GetProperty("token").GetString());
        var ticket = (await bad.SendAsync(HttpMethod.Post, "/api/events/tickets")).Is(201).Json.GetProperty("ticket").GetString();
        await using var watching = await ShareTests.WatchAsync(guest, video);
        await using var ended = await OpenConnections.OpenAsync(bad);
        await using var going = await OpenConnections.OpenAsync(good);
        using var upload = new RawHttp(shared.Silo.Address);
        var form = FormBody.Of(Samples.Padded(1_000_000));
        await upload.SendHeadAsync("POST /api/videos/upload HTTP/1.1", $"Authorization: Bearer {leaked}", $"Content-Type: {form.ContentType}",
            $"Content-Length: {form.Bytes.Length}");
        await upload.SendAsync(form.Bytes.AsMemory(0, form.Bytes.Length / 2));

        var denial = await DenyAsync(new { jti = "t1-" + user, expires_at = TimeProvider.System.GetUtcNow().AddHours(1) });

        await ended.AreEndedAsync(4006);
        await watching.IsClosedAsync(4006);
        await Assert.ThrowsAnyAsync<Exception>(upload.ReadAsync);
        foreach (var path in (string[])["/api/videos", $"/api/videos/{video}", "/api/events/poll?wait=0", "/api/webhooks", "/api/usage"])
            (await bad.GetAsync(path)).IsProblem(401, "token_revoked");
        await ShareTests.IsRefusedAsync(guest);
        using var browser = new ApiClient(shared.Silo.Address, token: null);
        (await browser.GetAsync($"/api/events?ticket={ticket}")).IsProblem(401, "token_missing");
        await going.StayOpenAsync();
        await going.Socket.SendAsync(new { op = "auth", token = leaked });
        await going.Socket.IsClosedAsync(4006);
        Assert.Equal([video], await good.ListAsync());

        (await shared.Admin.DeleteAsync($"{Denials}/{denial}")).Is(204);
        (await bad.GetAsync("/api/videos")).Is(200);
        (await shared.Admin.DeleteAsync($"{Denials}/{denial}")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task TokensIssuedUntilNowAreRefused_WhenTheirUserIsDenied()
    {
        var (user, now) = (SiloFixture.NewUser(), TimeProvider.System.GetUtcNow());
        using var old = new ApiClient(shared.Silo.Address, Token(user, id: null, now.AddMinutes(-1)));
        using var silent = new ApiClient(shared.Silo.Address, Token(user, id: null));
        using var other = shared.Silo.As(SiloFixture.NewUser());
        await using var ended = await OpenConnections.OpenAsync(old);
        await DenyAsync(new { user });
        await ended.AreEndedAsync(4006);
        (await old.GetAsync("/api/videos")).IsProblem(401, "token_revoked");
        (await silent.GetAsync("/api/videos")).IsProblem(401, "token_revoked");
        using var next = new ApiClient(shared.Silo.Address, Token(user, id: null, now.AddMinutes(1)));
        (await next.GetAsync("/api/videos")).Is(200);
        (await other.GetAsync("/api/videos")).Is(200);
    }

    [Fact]
    public async Task DenialIsInForceWithTheFirstRequest_WhenTheSiloWasKilled()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var admin = silo.As("operator", "admin");
        var run = await TokenCommand.RunAsync(silo.Data, "alice");
        using var api = new ApiClient(silo.Address, run.Output.Trim());
        (await api.GetAsync("/api/videos")).Is(200);
        var jti = HandMadeToken.Read(api.Token!).GetProperty("jti").GetString();
        (await admin.PostJsonAsync(Denials, JsonSerializer.Serialize(new { jti }))).Is(201);
        await silo.KillAsync();
        await silo.StartAgainAsync();
        (await api.GetAsync("/api/videos")).IsProblem(401, "token_revoked");
        var denial = (await admin.GetJsonAsync(Denials)).GetProperty("items").EnumerateArray().Single();
        Assert.Equal(jti, denial.GetProperty("jti").GetString());
        Assert.InRange(denial.GetProperty("expires_at").GetDateTimeOffset() - TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(30), TimeSpan.FromDays(31));
    }

    [Theory]
    [InlineData("""{}""", "denial_invalid")]
    [InlineData("""{"jti":"a","user":"b"}""", "denial_invalid")]
    [InlineData("""{"jti":""}""", "denial_invalid")]
    [InlineData("""{"user":"b "}""", "denial_invalid")]
    [InlineData("""{"jti":"a","expires_at":"2020-01-01T00:00:00Z"}""", "denial_invalid")]
    [InlineData("""{"jti":"a","until":"2020-01-01T00:00:00Z"}""", "json_member_unknown")]
    [InlineData("""{"jti":1}""", "json_invalid")]
    public async Task DenialIsRefused_WhenItIsNone(string body, string code)
    {
        (await shared.Admin.PostJsonAsync(Denials, body)).IsProblem(400, code);
        using var user = shared.Silo.As(SiloFixture.NewUser());
        (await user.PostJsonAsync(Denials, body)).IsProblem(403, "scope_missing");
        (await user.GetAsync(Denials)).IsProblem(403, "scope_missing");
    }

    [Fact]
    public async Task EverythingOfAUserIsClosed_WhenAnOperatorDisconnectsTheUser()
    {
        var user = SiloFixture.NewUser();
        using var api = shared.Silo.As(user);
        using var other = shared.Silo.As(SiloFixture.NewUser());
        await using var ended = await OpenConnections.OpenAsync(api);
        await using var going = await OpenConnections.OpenAsync(other);
        (await api.DeleteAsync($"/api/admin/users/{user}/sockets")).IsProblem(403, "scope_missing");

        Assert.Equal(3, (await shared.Admin.DeleteAsync($"/api/admin/users/{user}/sockets")).Is(200).Json.GetProperty("closed").GetInt32());

        await ended.AreEndedAsync(4007);
        await going.StayOpenAsync();
        Assert.Equal(0, (await shared.Admin.DeleteAsync($"/api/admin/users/{user}/sockets")).Is(200).Json.GetProperty("closed").GetInt32());
        await using var again = await StatusClient.SubscribedAsync(api);
        (await shared.Admin.DeleteAsync("/api/admin/users/%20/sockets")).IsProblem(404, "not_found");
    }

    private string Token(string user, string? id, DateTimeOffset? issued = null) => HandMadeToken.Sign(
        shared.Silo.Data, new TokenClaims(user, ["upload", "read", "share", "webhooks"]) { Id = id, IssuedAt = issued, Expires = TimeProvider.System.GetUtcNow()
        .AddHours(1) });

    private async Task<string> DenyAsync(object request) =>
        (await shared.Admin.PostJsonAsync(Denials, JsonSerializer.Serialize(request))).Is(201).Json.GetProperty("id").GetString()!;
}

/// <summary>A silo whose deny list is these tests' own.</summary>
public sealed class DenialSilo : SiloFixture
{
    internal ApiClient Admin { get; private set; } = null!;

    private protected override Task PrepareAsync()
    {
        Admin = Silo.As("operator", "admin");
        return Task.CompletedTask;
    }
}
