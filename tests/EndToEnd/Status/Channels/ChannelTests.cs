using System.Net.Http.Json;

namespace Ingestion.Tests.EndToEnd.Status.Channels;

/// <summary>What each channel delivers: the user's own, a shared video, everyone's, a role's. Who may subscribe: <see cref="ChannelMatrixTests"/>.</summary>
[Collection(DefaultSilo.Name)]
public sealed class ChannelTests(DefaultSilo shared)
{
    [Fact]
    public async Task ShareTokenIsForLiveStatusOnly_AndForTheRequestedTime()
    {
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        var share = (await owner.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share?ttl=60")).Is(201).Json;
        Assert.Equal(60, share.GetProperty("expires_in").GetInt32());
        using var guest = new ApiClient(shared.Silo.Address, share.GetProperty("token").GetString());
        (await guest.GetAsync("/api/videos")).IsProblem(403, "scope_missing");
        (await guest.GetAsync($"/api/videos/{video}")).IsProblem(403, "scope_missing");
    }

    [Fact]
    public async Task GuestReceivesTheSharedVideoOnly_WhenBothChange()
    {
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        var (video, other) = (await owner.UploadToReadyAsync(Samples.Mp4), await owner.UploadToReadyAsync(Samples.Mp4));
        var share = (await owner.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share")).Is(201).Json;
        using var guest = new ApiClient(shared.Silo.Address, share.GetProperty("token").GetString());
        await using var socket = await ConnectAsync(guest);
        await socket.SubscribeAsync([$"video:{video}"]);
        await socket.NextAsync("snap");

        (await owner.DeleteAsync($"/api/videos/{other}")).Is(204);
        (await owner.DeleteAsync($"/api/videos/{video}")).Is(204);

        Assert.Equal((video, "deleted"), await NextAsync(socket));
    }

    [Theory]
    [InlineData("0", 400, "ttl_invalid")]
    [InlineData("31536001", 400, "ttl_invalid")]
    public async Task ShareIsRefused_WhenItsLifetimeIsNone(string ttl, int status, string code)
    {
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        (await owner.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share?ttl={ttl}")).IsProblem(status, code);
        using var stranger = shared.Silo.As(SiloFixture.NewUser());
        (await stranger.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task BroadcastReachesEveryoneInTheChannel_AndNoOneElse()
    {
        using var admin = shared.Silo.As("operator", "admin");
        using var editor = WithRoles("editor", "night-shift");
        using var plain = shared.Silo.As(SiloFixture.NewUser());
        await using var one = await ConnectAsync(editor);
        await using var two = await ConnectAsync(plain);
        await one.SubscribeAsync(["system", "role:editor"]);
        await two.SubscribeAsync(["system"]);
        await one.NextAsync("snap");
        await two.NextAsync("snap");

        await BroadcastAsync(admin, "role:editor", "editors only");
        await BroadcastAsync(admin, "system", "everyone");

        Assert.Equal(("role:editor", "editors only"), await ReceiveAsync(one));
        Assert.Equal(("system", "everyone"), await ReceiveAsync(one));
        Assert.Equal(("system", "everyone"), await ReceiveAsync(two));
        await two.SendAsync(new { op = "sub", id = 9, ch = new[] { "role:editor" } });
        Assert.Equal("forbidden", (await two.NextAsync("err")).Code);
    }

    [Fact]
    public async Task NothingMoreComes_WhenAChannelIsLeft()
    {
        using var admin = shared.Silo.As("operator", "admin");
        using var user = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await ConnectAsync(user);
        await socket.SubscribeAsync(["user", "system"]);
        await socket.NextAsync("snap");
        await socket.SendAsync(new { op = "unsub", id = 5, ch = new[] { "user", "system" } });
        Assert.Equal(5, (await socket.NextAsync("unsubd")).Number("id"));

        // Its silo may have left the channel too by then.
        await BroadcastAsync(admin, "system", "not received", listening: 0);
        await user.UploadToReadyAsync(Samples.Mp4);

        Assert.Empty(await socket.SoFarAsync());
        Assert.Equal("snapshot", (await socket.SubscribeAsync(["user"])).Text("mode"));
    }

    [Theory]
    [InlineData("""{"channel":"user","message":1}""", "channel_invalid")]
    [InlineData("""{"channel":"role:","message":1}""", "channel_invalid")]
    [InlineData("""{"channel":"system"}""", "broadcast_invalid")]
    [InlineData("""{"message":1}""", "broadcast_invalid")]
    [InlineData("""not json""", "json_invalid")]
    [InlineData("""null""", "json_invalid")]
    [InlineData("""{"channel":"system","message":{"x":"\ud800"}}""", "json_invalid")]
    public async Task BroadcastIsRefused_WhenItIsNone(string body, string code)
    {
        using var admin = shared.Silo.As("operator", "admin");
        using var content = new StringContent(body, null, "application/json");
        (await admin.SendAsync(HttpMethod.Post, "/api/admin/broadcast", content)).IsProblem(400, code);
        using var user = shared.Silo.As(SiloFixture.NewUser());
        using var again = new StringContent(body, null, "application/json");
        (await user.SendAsync(HttpMethod.Post, "/api/admin/broadcast", again)).IsProblem(403, "scope_missing");
    }

    [Theory]
    [InlineData(16 * 1024, 400, "broadcast_invalid")]
    [InlineData(2 * 1024 * 1024, 413, "body_too_large")]
    public async Task BroadcastIsRefused_WhenItIsTooLarge(int length, int status, string code)
    {
        using var admin = shared.Silo.As("operator", "admin");
        using var body = JsonContent.Create(new { channel = "system", message = new string('x', length) });
        (await admin.SendAsync(HttpMethod.Post, "/api/admin/broadcast", body)).IsProblem(status, code);
    }

    [Fact]
    public async Task SocketsAreNotFound_WhenNoUserCanHaveTheName()
    {
        using var admin = shared.Silo.As("operator", "admin");
        (await admin.GetAsync("/api/admin/users/%20/sockets")).IsProblem(404, "not_found");
    }

    private ApiClient WithRoles(params string[] roles) =>
        new(shared.Silo.Address, HandMadeToken.Sign(shared.Silo.Data, new TokenClaims(SiloFixture.NewUser(), ["read"]) { Roles = roles }));

    private static async Task<StatusClient> ConnectAsync(ApiClient api)
    {
        var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        return socket;
    }

    private static async Task BroadcastAsync(ApiClient admin, string channel, string text, int listening = 1)
    {
        using var body = JsonContent.Create(new { channel, message = new { text } });
        Assert.True((await admin.SendAsync(HttpMethod.Post, "/api/admin/broadcast", body)).Is(202).Json.GetProperty("silos").GetInt32() >= listening);
    }

    private static async Task<(string? Channel, string? Text)> ReceiveAsync(StatusClient socket)
    {
        var frame = await socket.NextAsync();
        Assert.Equal(("evt", null), (frame.Op, frame.Cursor));
        return (frame.Channel, frame.Json.GetProperty("data").GetProperty("data").GetProperty("text").GetString());
    }

    private static async Task<(string? Video, string? State)> NextAsync(StatusClient socket)
    {
        var frame = await socket.NextAsync("evt");
        return (frame.VideoId, frame.State);
    }
}
