using Ingestion.Tests.EndToEnd.Security;

namespace Ingestion.Tests.EndToEnd.Status.Channels;

/// <summary>The channel of a video lasts from the first byte of its upload until its last event is forgotten, whether there is a video or not.</summary>
[Collection(DefaultSilo.Name)]
public sealed class GoneVideoTests(DefaultSilo shared)
{
    private static readonly (string, string) _tus = ("Tus-Resumable", "1.0.0");

    [Fact]
    public async Task SubscriberReceivesTheDeletionAndTheOtherVideo_WhenItWasAwayMeanwhile()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var (one, two) = (await api.UploadToReadyAsync(Samples.Mp4), await api.UploadToReadyAsync(Samples.Mp4));
        string seen;
        await using (var before = await ConnectAsync(api))
        {
            await before.SubscribeAsync([$"video:{one}", $"video:{two}"]);
            seen = (await before.NextAsync("snap")).Cursor!;
        }

        (await api.DeleteAsync($"/api/videos/{one}")).Is(204);

        await using var after = await ConnectAsync(api);
        Assert.Equal("replay", (await after.SubscribeAsync([$"video:{one}", $"video:{two}"], seen)).Text("mode"));

        Assert.Equal((one, "deleted"), Of(await after.NextAsync("evt")));
        (await api.DeleteAsync($"/api/videos/{two}")).Is(204);
        Assert.Equal((two, "deleted"), Of(await after.NextAsync("evt")));
    }

    [Fact]
    public async Task GuestIsRefused_WhenTheVideoWentWhileItWasAway()
    {
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        using var guest = new ApiClient(shared.Silo.Address, (await ShareTests.ShareAsync(owner, video)).GetProperty("token").GetString());
        await using (await ShareTests.WatchAsync(guest, video))
            (await owner.DeleteAsync($"/api/videos/{video}")).Is(204);

        // The share went with the video: that is what the guest learns.
        await ShareTests.IsRefusedAsync(guest);
    }

    [Fact]
    public async Task SubscriberOfAnUploadReceivesItsProgressAndEnd_AlsoAfterAReconnect()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var location = (await api.SendAsync(HttpMethod.Post, "/api/uploads", content: null, _tus, ("Upload-Length", "100"))).Is(201).Header("Location")!;
        var (path, id) = (new Uri(api.Address, location).AbsolutePath, location.Split('/')[^1]);
        await using var socket = await ConnectAsync(api);
        await socket.SubscribeAsync([$"video:{id}"]);
        var snapshot = await socket.NextAsync("snap");
        var seen = snapshot.Cursor!;
        Assert.Equal("receiving", snapshot.Json.GetProperty("data")[0].GetProperty("state").GetString());

        (await api.SendAsync(HttpMethod.Delete, path, content: null, _tus)).Is(204);

        Assert.Equal((id, "cancelled"), Of(await socket.NextAsync("evt")));
        await using var back = await ConnectAsync(api);
        await back.SubscribeAsync([$"video:{id}"], seen);
        Assert.Equal((id, "cancelled"), Of(await back.NextAsync("evt")));
    }

    [Fact]
    public async Task SocketLivesOnWithAGoodToken_WhenOneOfItsVideosHasGone()
    {
        var user = SiloFixture.NewUser();
        using var api = shared.Silo.As(user);
        var (one, two) = (await api.UploadToReadyAsync(Samples.Mp4), await api.UploadToReadyAsync(Samples.Mp4));
        await using var socket = await ConnectAsync(api);
        await socket.SubscribeAsync([$"video:{one}", $"video:{two}"]);
        await socket.NextAsync("snap");
        (await api.DeleteAsync($"/api/videos/{one}")).Is(204);
        Assert.Equal((one, "deleted"), Of(await socket.NextAsync("evt")));

        await socket.SendAsync(new { op = "auth", token = HandMadeToken.Sign(shared.Silo.Data, new TokenClaims(user, ["read"])) });

        await socket.NextAsync("authd");
        (await api.DeleteAsync($"/api/videos/{two}")).Is(204);
        Assert.Equal((two, "deleted"), Of(await socket.NextAsync("evt")));
    }

    private static async Task<StatusClient> ConnectAsync(ApiClient api)
    {
        var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        return socket;
    }

    private static (string? Video, string? State) Of(Frame e) => (e.VideoId, e.State);
}
