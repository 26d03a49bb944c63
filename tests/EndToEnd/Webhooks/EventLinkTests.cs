using System.Net.Http.Json;

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

    /// <summary>Such a token may not see the bytes, and so must not have them shown to a receiver of its own.</summary>
    [ContractFact]
    public async Task ReceiverHasNone_WhileItsAddressIsSetByATokenWithoutTheScopeRead()
    {
        await using var receiver = await Receiver.StartAsync();
        var user = SiloFixture.NewUser();
        using var owner = shared.Silo.As(user);
        using var blind = shared.Silo.As(user, "webhooks");
        var (id, _) = await blind.AddedAsync(new { url = receiver.Url(), events = new[] { "video.ready" } });
        Assert.Equal(["self", "source", "poster"], await LinksOfNextAsync(owner, receiver));

        await ChangeAsync(owner, id, new { url = receiver.Url() });
        Assert.Contains("source_url", await LinksOfNextAsync(owner, receiver));
        await ChangeAsync(blind, id, new { description = "by another" });
        Assert.Contains("source_url", await LinksOfNextAsync(owner, receiver));
        await ChangeAsync(blind, id, new { url = receiver.Url() });
        Assert.Equal(["self", "source", "poster"], await LinksOfNextAsync(owner, receiver));
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

    private static async Task ChangeAsync(ApiClient api, string id, object change)
    {
        using var body = JsonContent.Create(change);
        (await api.SendAsync(HttpMethod.Patch, $"{WebhookClient.Path}/{id}", body)).Is(200);
    }

    /// <summary>The names of the links in the event of a further video that is ready.</summary>
    private static async Task<IEnumerable<string>> LinksOfNextAsync(ApiClient owner, Receiver receiver)
    {
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        var received = await receiver.UntilAsync(requests => requests.Any(request => request.VideoId == video), "it is ready");
        return received.Last(request => request.VideoId == video).Json.GetProperty("data").GetProperty("links").EnumerateObject().Select(link => link.Name);
    }
}
