using Ingestion.Tests.EndToEnd.Security;
using Ingestion.Tests.EndToEnd.Status.Events;

namespace Ingestion.Tests.EndToEnd.Videos;

/// <summary>Events have addresses that show their video without a token, signed as they are written out, on each transport.</summary>
[Collection(DefaultSilo.Name)]
[NeedsPrograms("ffmpeg")]
public sealed class EventLinkTests(DefaultSilo shared)
{
    [ContractFact]
    public async Task EveryTransportHasAddressesThatPlay()
    {
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(owner);
        await using var stream = await EventReader.OpenAsync(owner, "/api/events");
        await stream.NextAsync();
        var start = (await owner.GetJsonAsync("/api/events/poll")).GetProperty("cursor").GetString();
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        var frames = (await socket.UntilAsync(video, "ready")).Where(frame => frame.IsJournalled).Select(frame => frame.Json.GetProperty("data")).ToArray();

        Assert.Null(SignedOf(frames[0]));
        Assert.All(frames[1..], e => Assert.NotNull(SignedOf(e)));
        Assert.False(SignedOf(frames[1])!.Value.TryGetProperty("poster_url", out _));
        var polled = (await owner.GetJsonAsync($"/api/events/poll?after={start}&wait=0")).GetProperty("events").EnumerateArray().Last();
        await using var replayed = await StatusClient.SubscribedAsync(owner, start);
        await using var snapshot = await StatusClient.ConnectAsync(owner);
        await snapshot.NextAsync("hello");
        await snapshot.SubscribeAsync(["user"]);
        foreach (var e in (JsonElement[])[
            frames[^1],
            (await stream.UntilAsync("video.ready")).Json,
            polled,
            (await owner.GetJsonAsync("/api/events/poll")).GetProperty("events")[0],
            (await owner.GetJsonAsync("/api/events/history?type=video.ready")).GetProperty("events")[0],
            (await replayed.UntilAsync(video, "ready"))[^1].Json.GetProperty("data"),
            (await snapshot.NextAsync("snap")).Json.GetProperty("data")[0].GetProperty("data"),
        ])
        {
            Assert.Equal("video.ready", e.GetProperty("type").GetString());
            await PlaysAsync(SignedOf(e)!.Value, TimeSpan.FromHours(1));
        }

        (await owner.DeleteAsync($"/api/videos/{video}")).Is(204);
        Assert.Null(SignedOf((await socket.UntilAsync(video, "deleted"))[^1].Json.GetProperty("data")));
        await Eventually.TrueAsync(
            async () => (await owner.GetJsonAsync("/api/events/history")).GetProperty("events").EnumerateArray().All(e => SignedOf(e) is null),
            "no event has an address any more");
    }

    [ContractFact]
    public async Task GuestHasThem_WhereTheShareAllowsToPlay_AndUntilItEnds()
    {
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        var plays = (await owner.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share?play=true&ttl=600")).Is(201).Json;
        var watches = await ShareTests.ShareAsync(owner, video);
        using var guest = new ApiClient(shared.Silo.Address, plays.GetProperty("token").GetString());
        using var viewer = new ApiClient(shared.Silo.Address, watches.GetProperty("token").GetString());

        foreach (var e in await ReadAllAsync(guest, video))
        {
            var signed = SignedOf(e)!.Value;
            Assert.False(signed.TryGetProperty("self", out _) || signed.TryGetProperty("source", out _) || signed.TryGetProperty("poster", out _));
            await PlaysAsync(signed, TimeSpan.FromMinutes(10));
        }

        Assert.All(await ReadAllAsync(viewer, video), e => Assert.Null(SignedOf(e)));
        await using var socket = await ConnectAsync(guest, video);
        // A socket that comes by with another share has the rights of that one.
        await socket.SendAsync(new { op = "auth", token = viewer.Token });
        await socket.NextAsync("authd");
        Assert.Null(SignedOf(await ChangeAsync(owner, video, socket, "one")));
        await socket.SendAsync(new { op = "auth", token = guest.Token });
        await socket.NextAsync("authd");
        var last = SignedOf(await ChangeAsync(owner, video, socket, "two"))!.Value;
        await PlaysAsync(last, TimeSpan.FromMinutes(10));

        (await owner.DeleteAsync($"/api/videos/{video}/share/{plays.GetProperty("id").GetString()}")).Is(204);

        using var page = new ApiClient(shared.Silo.Address, token: null);
        (await page.GetAsync(last.GetProperty("source_url").GetString()!)).IsProblem(404, "not_found");
    }

    /// <summary>The newest event of the video as a guest reads it, by each transport.</summary>
    private static async Task<JsonElement[]> ReadAllAsync(ApiClient guest, string video)
    {
        await using var stream = await EventReader.OpenAsync(guest, "/api/events");
        await using var socket = await StatusClient.ConnectAsync(guest);
        await socket.NextAsync("hello");
        await socket.SubscribeAsync([$"video:{video}"]);
        return
        [
            (await stream.NextAsync()).Json[0],
            (await socket.NextAsync("snap")).Json.GetProperty("data")[0].GetProperty("data"),
            (await guest.GetJsonAsync("/api/events/poll")).GetProperty("events")[0],
            (await guest.GetJsonAsync("/api/events/history?type=video.ready")).GetProperty("events")[0],
        ];
    }

    private static async Task<StatusClient> ConnectAsync(ApiClient guest, string video)
    {
        var socket = await StatusClient.ConnectAsync(guest);
        await socket.NextAsync("hello");
        await socket.SubscribeAsync([$"video:{video}"]);
        await socket.NextAsync("snap");
        return socket;
    }

    private static async Task<JsonElement> ChangeAsync(ApiClient owner, string video, StatusClient socket, string name)
    {
        using var body = new StringContent($$"""{"file_name":"{{name}}.mp4"}""", System.Text.Encoding.UTF8, "application/json");
        (await owner.SendAsync(HttpMethod.Patch, $"/api/videos/{video}", body)).Is(200);
        return (await socket.NextAsync("evt")).Json.GetProperty("data");
    }

    private static JsonElement? SignedOf(JsonElement e) =>
        e.GetProperty("data").TryGetProperty("links", out var links) && links.TryGetProperty("source_url", out _) ? links : null;

    private async Task PlaysAsync(JsonElement links, TimeSpan lifetime)
    {
        using var page = new ApiClient(shared.Silo.Address, token: null);
        var source = (await page.GetAsync(links.GetProperty("source_url").GetString()!)).Is(200);
        var poster = (await page.GetAsync(links.GetProperty("poster_url").GetString()!)).Is(200);
        Assert.Equal(Samples.Mp4, source.Body);
        Assert.Equal(("video/mp4", "image/jpeg"), (source.Header("Content-Type"), poster.Header("Content-Type")));
        var left = links.GetProperty("urls_expire_at").GetDateTimeOffset() - TimeProvider.System.GetUtcNow();
        Assert.InRange(left, lifetime - TimeSpan.FromMinutes(1), lifetime + TimeSpan.FromMinutes(1));
    }
}
