using Ingestion.Tests.EndToEnd.Status.Events;
namespace Ingestion.Tests.EndToEnd.Security;

/// <summary>What can be given away of a video, for how long, and how it is taken back.</summary>
[Collection(DefaultSilo.Name)]
public sealed class ShareTests(DefaultSilo shared)
{
    private const int Week = 7 * 86_400;

    [Fact]
    public async Task ShareEndsEverywhereAtOnce_WhenItIsRevoked()
    {
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        var (share, kept) = (await ShareAsync(owner, video), await ShareAsync(owner, video));
        using var guest = Guest(share);
        using var other = Guest(kept);
        await using var socket = await WatchAsync(guest, video);
        await using var elsewhere = await WatchAsync(other, video);
        Assert.Equal([IdOf(share), IdOf(kept)], await ListAsync(owner, video));

        (await owner.DeleteAsync($"/api/videos/{video}/share/{IdOf(share)}")).Is(204);

        await socket.IsClosedAsync(4006);
        await IsRefusedAsync(guest);
        Assert.Equal([IdOf(kept)], await ListAsync(owner, video));
        (await owner.DeleteAsync($"/api/videos/{video}/share/{IdOf(share)}")).IsProblem(404, "not_found");
        await elsewhere.SoFarAsync();
        // A socket that came with the other share can't continue with the revoked one.
        await elsewhere.SendAsync(new { op = "auth", token = guest.Token });
        await elsewhere.IsClosedAsync(4006);
    }

    [Fact]
    public async Task OwnerSeesHowManyWatchByEachShare()
    {
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        using var stranger = shared.Silo.As(SiloFixture.NewUser());
        var (video, other) = (await owner.UploadToReadyAsync(Samples.Mp4), await owner.UploadToReadyAsync(Samples.Mp4));
        var (one, two) = (await ShareAsync(owner, video), await ShareAsync(owner, other));
        using var guest = Guest(one);
        using var elsewhere = Guest(two);
        await using var socket = await WatchAsync(guest, video);
        await using var stream = await EventReader.OpenAsync(guest, "/api/events");
        await using var unrelated = await WatchAsync(elsewhere, other);

        var viewers = await owner.GetJsonAsync($"/api/videos/{video}/viewers");

        Assert.Equal(2, viewers.GetProperty("viewers").GetInt32());
        var item = Assert.Single(viewers.GetProperty("items").EnumerateArray());
        Assert.Equal((IdOf(one), 2), (item.GetProperty("share").GetString(), item.GetProperty("viewers").GetInt32()));
        (await stranger.GetAsync($"/api/videos/{video}/viewers")).IsProblem(404, "not_found");
        (await guest.GetAsync($"/api/videos/{video}/viewers")).IsProblem(403, "scope_missing");
    }

    [Fact]
    public async Task SharesAreTheOwnersAlone_ToListAndToEnd()
    {
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        using var stranger = shared.Silo.As(SiloFixture.NewUser());
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        var share = await ShareAsync(owner, video);
        (await stranger.GetAsync($"/api/videos/{video}/shares")).IsProblem(404, "not_found");
        (await stranger.DeleteAsync($"/api/videos/{video}/share/{IdOf(share)}")).IsProblem(404, "not_found");
        using var guest = Guest(share);
        (await guest.GetAsync($"/api/videos/{video}/shares")).IsProblem(403, "scope_missing");
        (await guest.DeleteAsync($"/api/videos/{video}/share/{IdOf(share)}")).IsProblem(403, "scope_missing");
        (await guest.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share")).IsProblem(403, "scope_missing");
        Assert.Equal([IdOf(share)], await ListAsync(owner, video));
        Assert.DoesNotContain(share.GetProperty("token").GetString()!, (await owner.GetAsync($"/api/videos/{video}/shares")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShareDiesWithItsVideo()
    {
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        using var guest = Guest(await ShareAsync(owner, video));
        await using var socket = await WatchAsync(guest, video);
        (await owner.DeleteAsync($"/api/videos/{video}")).Is(204);
        Assert.Equal("deleted", (await socket.NextAsync("evt")).State);
        await IsRefusedAsync(guest);
        await socket.IsClosedAsync(4006);
    }

    [Fact]
    public async Task ShareEndsWithTheTokenThatMadeIt_UnlessThatHasTheRightToShare()
    {
        var user = SiloFixture.NewUser();
        using var owner = shared.Silo.As(user);
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        var soon = TimeProvider.System.GetUtcNow().AddSeconds(60);
        using var reader = Expiring(user, soon, "read");
        using var sharer = Expiring(user, soon, "share");

        foreach (var ttl in (string[])["", "?ttl=3600", $"?ttl={Week}"])
        {
            var share = (await reader.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share{ttl}")).Is(201).Json;
            Assert.InRange(share.GetProperty("expires_in").GetInt32(), 1, 60);
            Assert.True(HandMadeToken.Read(share.GetProperty("token").GetString()!).GetProperty("exp").GetInt64() <= soon.ToUnixTimeSeconds());
        }

        Assert.Equal(Week, (await sharer.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share?ttl={Week}")).Is(201).Json.GetProperty("expires_in")
            .GetInt32());
        (await sharer.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share?ttl=31536000")).IsProblem(400, "ttl_invalid");
        (await reader.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share?ttl=31536000")).IsProblem(400, "ttl_invalid");
    }

    [Fact]
    public async Task UploadAloneIsNoRightToShareNorToAddWebhooks()
    {
        var user = SiloFixture.NewUser();
        using var owner = shared.Silo.As(user);
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        using var uploader = shared.Silo.As(user, "upload");
        using var reader = shared.Silo.As(user, "read", "upload");
        await NeedsAsync(uploader, HttpMethod.Post, $"/api/videos/{video}/share", "share");
        var webhook = $"/api/webhooks/{video}";
        foreach (var api in (ApiClient[])[uploader, reader])
        {
            await NeedsAsync(api, HttpMethod.Post, "/api/webhooks", "webhooks");
            await NeedsAsync(api, HttpMethod.Patch, webhook, "webhooks");
            await NeedsAsync(api, HttpMethod.Delete, webhook, "webhooks");
            await NeedsAsync(api, HttpMethod.Post, $"{webhook}/secret", "webhooks");
            await NeedsAsync(api, HttpMethod.Post, $"{webhook}/replay", "webhooks");
        }
    }

    [Fact]
    public async Task RevokedShareStaysRevoked_WhenTheSiloIsKilled()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var owner = silo.As("alice");
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        var (gone, kept) = (await ShareAsync(owner, video), await ShareAsync(owner, video));
        (await owner.DeleteAsync($"/api/videos/{video}/share/{IdOf(gone)}")).Is(204);
        await silo.KillAsync();
        await silo.StartAgainAsync();
        using var guest = new ApiClient(silo.Address, gone.GetProperty("token").GetString());
        using var other = new ApiClient(silo.Address, kept.GetProperty("token").GetString());
        await IsRefusedAsync(guest);
        await using var socket = await WatchAsync(other, video);
    }

    [Fact]
    public async Task VideoTakesNoMoreShares_WhenItHasAsManyAsAllowed()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, ("Shares__MaxPerVideo", "2"), ("Shares__MaxHours", "2"));
        using var owner = silo.As("alice");
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        var first = await ShareAsync(owner, video);
        await ShareAsync(owner, video);
        (await owner.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share")).IsProblem(409, "too_many_shares");
        (await owner.DeleteAsync($"/api/videos/{video}/share/{IdOf(first)}")).Is(204);
        Assert.Equal(7200, (await ShareAsync(owner, video)).GetProperty("expires_in").GetInt32());
        (await owner.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share?ttl=7201")).IsProblem(400, "ttl_invalid");
    }

    internal static async Task<JsonElement> ShareAsync(ApiClient owner, string video) =>
        (await owner.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share")).Is(201).Json;

    internal static async Task<StatusClient> WatchAsync(ApiClient guest, string video)
    {
        var socket = await StatusClient.ConnectAsync(guest);
        await socket.NextAsync("hello");
        await socket.SubscribeAsync([$"video:{video}"]);
        await socket.NextAsync("snap");
        return socket;
    }

    /// <summary>The upgrade is answered with a problem.</summary>
    internal static async Task IsRefusedAsync(ApiClient guest)
    {
        var answer = await RawHttp.RequestAsync(
            guest.Address, "GET", "/ws", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: ingestion.v1", $"Authorization: Bearer {guest.Token}");
        Assert.Equal("Bearer error=\"invalid_token\"", answer.IsProblem(401, "token_revoked").Header("WWW-Authenticate"));
    }

    private static async Task NeedsAsync(ApiClient api, HttpMethod method, string path, string scope) =>
        Assert.Equal($"Bearer error=\"insufficient_scope\", scope=\"{scope}\"", (await api.SendAsync(method, path)).IsProblem(403, "scope_missing")
            .Header("WWW-Authenticate"));

    private static string IdOf(JsonElement share) => share.GetProperty("id").GetString()!;

    private static async Task<string[]> ListAsync(ApiClient owner, string video) =>
        [.. (await owner.GetJsonAsync($"/api/videos/{video}/shares")).GetProperty("items").EnumerateArray().Select(IdOf)];

    private ApiClient Guest(JsonElement share) => new(shared.Silo.Address, share.GetProperty("token").GetString());

    private ApiClient Expiring(string user, DateTimeOffset expires, params string[] scopes) =>
        new(shared.Silo.Address, HandMadeToken.Sign(shared.Silo.Data, new TokenClaims(user, scopes) { Expires = expires }));
}
