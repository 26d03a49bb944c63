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
        var polled = (await api.GetJsonAsync("/api/events/poll?after=0:0&wait=0")).GetProperty("events").EnumerateArray()
            .Where(e => e.GetProperty("type").GetString() == "webhook.disabled").ToArray();
        var snapshot = (await api.GetJsonAsync("/api/events/poll?wait=0")).GetProperty("events").EnumerateArray();
        var webhook = (await api.GetAsync($"{WebhookClient.Path}/{id}")).Is(200).Json;

        Assert.Equal((id, $"/api/webhooks/{id}", "gone"), (received.GetProperty("subject").GetString(), received.GetProperty("source").GetString(),
            received.GetProperty("data").GetProperty("reason").GetString()));
        Assert.Equal(received.GetProperty("id").GetString(), Assert.Single(polled).GetProperty("id").GetString());
        Assert.DoesNotContain(snapshot, e => e.GetProperty("type").GetString() == "webhook.disabled");
        Assert.Equal((false, "gone"), (webhook.GetProperty("enabled").GetBoolean(), webhook.GetProperty("disabled_reason").GetString()));
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
}
