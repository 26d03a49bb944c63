using System.Net.Http.Json;

namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>A back end that reads the events: of all users, of a tenant, or of its own user.</summary>
[Collection(WebhookSilo.Name)]
public sealed class PullTests(WebhookSilo shared)
{
    [Fact]
    public async Task EventsOfManyUsersAreRead_AsAReceiverIsSentThem()
    {
        var users = new[] { SiloFixture.NewUser(), SiloFixture.NewUser() };
        await using var receiver = await Receiver.StartAsync();
        using var admin = shared.Silo.As("root", "admin");
        var id = await admin.AddPulledAsync(PullClient.OfAll);
        var pushed = (await admin.PostJsonAsync(PullClient.OfAll, JsonSerializer.Serialize(new { url = receiver.Url() }))).Is(201).Json.Text("id");
        var videos = new List<string>();
        foreach (var user in users)
        {
            using var api = shared.Silo.As(user);
            videos.Add(await api.UploadToReadyAsync(Samples.Mp4));
        }

        // Other tests upload to this silo, too.
        bool IsOurs(JsonElement e) => videos.Contains(e.Video());
        var (events, cursor) = (new List<JsonElement>(), (string?)null);
        await Eventually.TrueAsync(
            async () =>
            {
                var page = await admin.PullAsync(PullClient.OfAll, id, cursor, limit: 3, wait: 1);
                Assert.InRange(page.Events.Length, 0, 3);
                (events, cursor) = ([.. events, .. page.Events], page.Cursor);
                return events.Count(IsOurs) == 10;
            },
            "all are read");
        Assert.Equal(events.Select(e => e.Sequence()).Order(), events.Select(e => e.Sequence()));
        for (var i = 0; i < users.Length; i++)
        {
            var ofOne = events.Where(e => e.Video() == videos[i]).ToArray();
            Assert.Equal(["receiving", "uploaded", "queued", "processing", "ready"], ofOne.Select(e => e.State()));
            Assert.All(ofOne, e => Assert.Equal(users[i], e.Text("owner")));
        }

        var sent = await receiver.UntilAsync(requests => requests.Count(request => videos.Contains(request.VideoId)) >= 10, "all are sent");
        Assert.Equal(
            sent.Where(request => videos.Contains(request.VideoId)).Select(request => WithoutPlace(request.Json)).Distinct().Order(),
            events.Where(IsOurs).Select(WithoutPlace).Order());
        foreach (var webhook in new[] { id, pushed })
            (await admin.DeleteAsync($"{PullClient.OfAll}/{webhook}")).Is(204);
    }

    [Fact]
    public async Task EventsOfTheTenantAreRead_AndNoOthers()
    {
        var (tenant, user) = ($"acme {Guid.NewGuid():N}", SiloFixture.NewUser());
        using var backend = As("backend", tenant, "tenant");
        using var member = As(user, tenant, "upload", "read");
        using var stranger = As(user, "another", "upload", "read", "tenant");
        var id = await backend.AddPulledAsync(PullClient.OfTenant, "video.ready");
        await stranger.UploadToReadyAsync(Samples.Mp4);
        var video = await member.UploadToReadyAsync(Samples.Mp4);

        var only = Assert.Single(await backend.PullAllAsync(PullClient.OfTenant, id, 1));

        Assert.Equal((video, user, "video.ready"), (only.Video(), only.Text("owner"), only.Text("type")));
        (await stranger.GetAsync($"{PullClient.OfTenant}/{id}/events")).IsProblem(404, "not_found");
        (await backend.DeleteAsync($"{PullClient.OfTenant}/{id}")).Is(204);
        (await backend.GetAsync($"{PullClient.OfTenant}/{id}/events")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task EverythingOfAWebhookThatCanBe_Works()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var made = (await api.PostJsonAsync(WebhookClient.Path, """{"pull":true,"description":"orders"}""")).Is(201).Json;
        var id = made.Text("id");
        Assert.Equal((JsonValueKind.Null, true, false),
            (made.GetProperty("url").ValueKind, made.GetProperty("pull").GetBoolean(), made.TryGetProperty("secret", out _)));
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        await api.PendingAsync(WebhookClient.Path, id, 5);
        Assert.True((await api.InfoOfAsync(WebhookClient.Path, id)).GetProperty("lag").GetDouble() > 0);
        var page = await api.PullAsync(WebhookClient.Path, id);
        // The owner can look at the video.
        Assert.True(page.Events[^1].GetProperty("data").GetProperty("links").TryGetProperty("source_url", out _));
        Assert.False(page.Events[^1].TryGetProperty("owner", out _));

        await ChangeAsync(api, id, new { enabled = false });
        (await api.GetAsync($"{WebhookClient.Path}/{id}/events")).IsProblem(409, "webhook_disabled");
        await ChangeAsync(api, id, new { enabled = true, events = new[] { "video.updated" } });
        Assert.Equal(page.Ids, (await api.PullAsync(WebhookClient.Path, id)).Ids);
        Assert.Empty((await api.PullAsync(WebhookClient.Path, id, page.Cursor)).Events);
        await ChangeAsync(api, id, new { events = (string[]?)null, videos = new[] { video } });
        (await api.PostJsonAsync($"{WebhookClient.Path}/{id}/replay", $$"""{"from":"{{page.Events[2].Text("cursor")}}"}""")).Is(202);
        Assert.Equal(page.Ids[3..], (await api.PullAsync(WebhookClient.Path, id)).Ids);
        Assert.Empty(await api.DeliveriesAsync(id));
        (await api.DeleteAsync($"{WebhookClient.Path}/{id}")).Is(204);
        Assert.Empty((await api.GetJsonAsync(WebhookClient.Path)).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task RequestThatWaitsIsAnswered_WhenAnEventComes()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = await api.AddPulledAsync(WebhookClient.Path, "upload.created");
        var start = await api.PullAsync(WebhookClient.Path, id);
        var waiting = api.PullAsync(WebhookClient.Path, id, start.Cursor, wait: 30);
        Assert.Empty((await api.PullAsync(WebhookClient.Path, id)).Events);
        var video = await api.UploadAsync(Samples.Mp4);
        Assert.Equal(video, Assert.Single((await waiting).Events).Video());
    }

    [Fact]
    public async Task WebhookIsMadeOnce_WhenTheRequestIsRepeatedWithItsKey()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var key = $"{Guid.NewGuid():N}";
        Task<Answer> AddAsync(object wish) => api.SendAsync(HttpMethod.Post, WebhookClient.Path, JsonContent.Create(wish), ("Idempotency-Key", key));
        var first = (await AddAsync(new { pull = true })).Is(201).Json;
        var again = (await AddAsync(new { pull = true })).Is(201).Json;
        Assert.Equal((first.Text("id"), false), (again.Text("id"), again.TryGetProperty("secret", out _)));
        (await AddAsync(new { url = "https://1.1.1.1/" })).IsProblem(422, "idempotency_key_reused");
        Assert.Single((await api.GetJsonAsync(WebhookClient.Path)).GetProperty("items").EnumerateArray());
    }

    private static async Task ChangeAsync(ApiClient api, string id, object change) =>
        (await api.SendAsync(HttpMethod.Patch, $"{WebhookClient.Path}/{id}", JsonContent.Create(change))).Is(200);

    private ApiClient As(string user, string? tenant, params string[] scopes) =>
        new(shared.Silo.Address, HandMadeToken.Sign(shared.Silo.Data, new TokenClaims(user, scopes) { Tenant = tenant }));

    /// <summary>The event without its place among those of the webhook, which was added a moment earlier or later.</summary>
    private static string WithoutPlace(JsonElement e) => JsonSerializer.Serialize(
        e.EnumerateObject().Where(member => member.Name is not "sequence").ToDictionary(member => member.Name, member => member.Value));
}
