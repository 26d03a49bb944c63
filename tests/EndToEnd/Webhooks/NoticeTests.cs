using Ingestion.Tests.EndToEnd.Status.Events;

namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>The owner of a webhook that ends is notified where all events come.</summary>
[Collection(WebhookSilo.Name)]
public sealed class NoticeTests(WebhookSilo shared)
{
    [Fact]
    public async Task OwnerGetsAnEvent_WhenAReceiverIsGone()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var gone = await Receiver.StartAsync();
        await using var watcher = await Receiver.StartAsync();
        gone.AnswerWith(410);
        var (id, _) = await api.AddedAsync(new { url = gone.Url(), events = new[] { "video.ready" } });
        await api.AddedAsync(new { url = watcher.Url(), events = new[] { "webhook.disabled" } });
        await api.UploadToReadyAsync(Samples.Mp4);

        var received = (await watcher.UntilAsync(requests => requests.Length > 0, "the notice comes"))[0].Json;
        var polled = await api.NoticesAsync();
        var snapshot = (await api.GetJsonAsync("/api/events/poll?wait=0")).GetProperty("events").EnumerateArray();
        var webhook = (await api.GetAsync($"{WebhookClient.Path}/{id}")).Is(200).Json;

        Assert.Equal((id, $"/api/webhooks/{id}", "gone"), (received.GetProperty("subject").GetString(), received.GetProperty("source").GetString(),
            received.GetProperty("data").GetProperty("reason").GetString()));
        Assert.Equal(received.GetProperty("id").GetString(), Assert.Single(polled).GetProperty("id").GetString());
        Assert.DoesNotContain(snapshot, e => e.GetProperty("type").GetString() == "webhook.disabled");
        Assert.Equal((false, "gone"), (webhook.GetProperty("enabled").GetBoolean(), webhook.GetProperty("disabled_reason").GetString()));
    }

    /// <summary>They did not ask for it, on any transport.</summary>
    [Fact]
    public async Task SubscribersOfAVideoOrATypeGetNoNotice()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var gone = await Receiver.StartAsync();
        await using var ofVideos = await Receiver.StartAsync();
        await using var ofType = await Receiver.StartAsync();
        gone.AnswerWith(410);
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        await using var owner = await StatusClient.SubscribedAsync(api);
        await using var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        await socket.SubscribeAsync([$"video:{video}"]);
        await socket.NextAsync("snap");
        await using var stream = await EventReader.OpenAsync(api, $"/api/events?video={video}");
        var start = (await stream.NextAsync()).Id;
        await api.AddedAsync(new { url = ofVideos.Url(), videos = new[] { video } });
        await api.AddedAsync(new { url = ofType.Url(), events = new[] { "video.deleted" } });
        await api.AddedAsync(new { url = gone.Url(), events = new[] { "video.ready" } });
        await api.UploadToReadyAsync(Samples.Mp4);
        await Eventually.TrueAsync(async () => (await api.NoticesAsync()).Length == 1, "the notice is there");
        Frame notice;
        do
            notice = await owner.NextAsync("evt");
        while (TypeOf(notice.Json.GetProperty("data")) != "webhook.disabled");
        var waiting = api.GetJsonAsync($"/api/events/poll?video={video}&after={start}&wait=45");

        (await api.DeleteAsync($"/api/videos/{video}")).Is(204);

        Assert.Equal("video.deleted", TypeOf((await socket.NextAsync("evt")).Json.GetProperty("data")));
        Assert.Equal("video.deleted", (await stream.NextAsync(journalled: true)).Type);
        var polled = await waiting;
        if (polled.GetProperty("events").GetArrayLength() == 0)
            polled = await api.GetJsonAsync($"/api/events/poll?video={video}&after={polled.GetProperty("cursor").GetString()}&wait=45");
        Assert.Equal(["video.deleted"], TypesOf(polled));
        Assert.All(TypesOf(await api.GetJsonAsync($"/api/events/history?video={video}")), type => Assert.False(IsNotice(type), type));
        Assert.Equal(["video.deleted"], TypesOf(await api.GetJsonAsync("/api/events/history?type=video.deleted")));
        foreach (var receiver in new[] { ofVideos, ofType })
        {
            await receiver.UntilAsync(requests => requests.Any(request => TypeOf(request.Json) == "video.deleted"), "the deletion comes");
            Assert.DoesNotContain(receiver.Requests, request => IsNotice(TypeOf(request.Json)));
        }
    }

    [Fact]
    public async Task FailuresShowInTheListUntilTheReceiverWorksAgain()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var receiver = await Receiver.StartAsync();
        receiver.AnswerWith(500);
        var (id, _) = await api.AddedAsync(new { url = receiver.Url(), events = new[] { "video.ready" } });
        async Task<JsonValueKind> SinceAsync() => (await api.GetJsonAsync($"{WebhookClient.Path}/{id}")).GetProperty("failing_since").ValueKind;
        Assert.Equal(JsonValueKind.Null, await SinceAsync());
        await api.UploadToReadyAsync(Samples.Mp4);
        await Eventually.TrueAsync(async () => await SinceAsync() is JsonValueKind.String, "it fails");
        receiver.AnswerWith(200);
        (await api.SendAsync(HttpMethod.Post, $"{WebhookClient.Path}/{id}/retry")).Is(202);
        await Eventually.TrueAsync(async () => await SinceAsync() is JsonValueKind.Null, "it works again");
    }

    /// <summary>The state of a user goes with the last webhook.</summary>
    [Fact]
    public async Task NothingIsKept_WhenTheLastWebhookIsRemoved()
    {
        var user = SiloFixture.NewUser();
        using var api = shared.Silo.As(user);
        await using var receiver = await Receiver.StartAsync();
        var ids = new[] { (await api.AddedAsync(new { url = receiver.Url() })).Id, (await api.AddedAsync(new { url = receiver.Url() })).Id };
        string[] Kept() => [.. shared.Data.State.Where(file =>
            file.StartsWith("state/webhook/", StringComparison.Ordinal) && file.Contains(user, StringComparison.Ordinal))];
        Assert.NotEmpty(Kept());
        foreach (var id in ids)
            (await api.DeleteAsync($"{WebhookClient.Path}/{id}")).Is(204);
        Assert.Empty(Kept());
        await api.AddedAsync(new { url = receiver.Url() });
        Assert.NotEmpty(Kept());
    }

    private static string TypeOf(JsonElement e) => e.GetProperty("type").GetString()!;

    private static string[] TypesOf(JsonElement page) => [.. page.GetProperty("events").EnumerateArray().Select(TypeOf)];

    private static bool IsNotice(string type) => type.StartsWith("webhook.", StringComparison.Ordinal);
}
