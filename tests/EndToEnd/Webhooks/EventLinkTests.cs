namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>What arrives at an owner's receiver has addresses that show the video without a token. An operator has no way to look at a video.</summary>
[Collection(WebhookSilo.Name)]
[NeedsPrograms("ffmpeg")]
public sealed class EventLinkTests(WebhookSilo shared)
{
    [ContractFact]
    public async Task OwnersReceiverHasAddressesThatPlay_InEachAttempt()
    {
        await using var receiver = await Receiver.StartAsync();
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        var (id, _) = await owner.AddedAsync(new { url = receiver.Url(), events = new[] { "video.ready" } });
        receiver.AnswerWith(500);
        await owner.UploadToReadyAsync(Samples.Mp4);
        await receiver.UntilAsync("ready");
        receiver.AnswerWith(200);
        (await owner.PostJsonAsync($"{WebhookClient.Path}/{id}/retry", "{}")).Is(202);
        var received = await receiver.UntilAsync(requests => requests.Length == 2, "it is sent again");

        using var page = new ApiClient(shared.Silo.Address, token: null);
        foreach (var request in received)
        {
            var links = request.Json.GetProperty("data").GetProperty("links");
            Assert.Equal(Samples.Mp4, (await page.GetAsync(links.GetProperty("source_url").GetString()!)).Is(200).Body);
            Assert.Equal("image/jpeg", (await page.GetAsync(links.GetProperty("poster_url").GetString()!)).Is(200).Header("Content-Type"));
            Assert.True(links.GetProperty("urls_expire_at").GetDateTimeOffset() > TimeProvider.System.GetUtcNow());
        }
    }

    [ContractFact]
    public async Task OperatorsReceiverHasNone()
    {
        await using var receiver = await Receiver.StartAsync();
        using var admin = shared.Silo.As("root", "admin");
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        var id = (await admin.PostJsonAsync("/api/admin/webhooks", JsonSerializer.Serialize(new { url = receiver.Url() }))).Is(201).Json
            .GetProperty("id").GetString();
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        var received = await receiver.UntilAsync(requests => requests.Any(request => request.VideoId == video && request.State == "ready"), "it is ready");
        (await admin.DeleteAsync($"/api/admin/webhooks/{id}")).Is(204);

        var links = received.Last(request => request.VideoId == video).Json.GetProperty("data").GetProperty("links");
        Assert.Equal(["self", "source", "poster"], links.EnumerateObject().Select(link => link.Name));
    }
}
