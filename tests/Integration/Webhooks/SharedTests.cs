using Ingestion.Status;
using Ingestion.Videos;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Integration.Webhooks;

/// <summary>Webhooks for many users: the events of each of them come, whatever silo dies.</summary>
public sealed class SharedTests : IAsyncLifetime
{
    private const string Url = "https://backend.example/";

    private ServiceCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ServiceCluster.StartAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task EventsOfAllUsersComeWithTheirOwner_FromTheCreationOn()
    {
        var (ann, bob) = (new WebhookUser(_cluster), new WebhookUser(_cluster));
        await ann.PublishAsync(VideoStatus.Uploaded);
        _cluster.Time.Advance(TimeSpan.FromSeconds(1));
        var id = (await All.AddAsync(new NewWebhook(Url, [], WebhookWhen.Always)))!.Webhook.Id;

        var published = await ann.PublishAsync(VideoStatus.Queued, VideoStatus.Ready);
        var others = await bob.PublishAsync(VideoStatus.Uploaded);

        await _cluster.Sender.SentAsync(Url, 3);
        Assert.Equal(published, Sent.Where(published.Contains));
        Assert.Equal([.. published.Concat(others).Order()], Sent.Order());
        var bodies = _cluster.Sender.Messages(Url).Select(message => JsonSerializer.Deserialize<JsonElement>(message.Body.Span)).ToArray();
        Assert.Equal(["1", "2", "3"], bodies.Select(body => body.GetProperty("sequence").GetString()!.TrimStart('0')).Order());
        Assert.Equal([ann.Id, ann.Id, bob.Id], bodies.OrderBy(body => body.GetProperty("owner").GetString() == bob.Id)
            .Select(body => body.GetProperty("owner").GetString()));
        var journal = await ann.Journal.ReadAsync(new Cursor(Cursor.EmptyEpoch, 0), 10);
        Assert.Equal(
            (journal.End with { Offset = 3 }).ToString(),
            bodies.Single(body => body.GetProperty("id").GetString() == published[1]).GetProperty("cursor").GetString());

        // A cursor is one of its owner.
        Assert.Equal(ReplayOutcome.CursorInvalid, (await All.ReplayAsync(id, journal.End, bob.Id)).Outcome);
        Assert.Equal(ReplayOutcome.Ok, (await All.ReplayAsync(id, journal.End with { Offset = 2 }, ann.Id)).Outcome);
        await _cluster.Sender.SentAsync(Url, 4);
        Assert.Equal(published[1], Sent[^1]);
    }

    [Fact]
    public async Task EventsOfItsOwnVideosCome_WhenTheWebhookIsOfATenant()
    {
        var user = new WebhookUser(_cluster);
        await _cluster.From(0).GetGrain<IWebhookGrain>(WebhookKey.OfTenant("acme")).AddAsync(new NewWebhook(Url, [], WebhookWhen.Always));
        await user.PublishAsync("other", VideoStatus.Ready);
        await user.PublishAsync(VideoStatus.Ready);
        var published = await user.PublishAsync("acme", VideoStatus.Uploaded, VideoStatus.Ready);
        await _cluster.Sender.SentAsync(Url, 2);
        Assert.Equal(published, Sent);
    }

    [Fact]
    public async Task EventIsHandedOver_WhenTheOwnersSiloDiesFirst()
    {
        var user = new WebhookUser(_cluster);
        await All.AddAsync(new NewWebhook(Url, [], WebhookWhen.Always));
        await user.PublishAsync(VideoStatus.Uploaded);
        await _cluster.Sender.SentAsync(Url, 1);
        var shared = await _cluster.WhereAsync(_cluster.Cluster.Client.GetGrain<IWebhookGrain>(WebhookKey.All));
        var published = await user.PublishAsync(VideoStatus.Ready);
        foreach (var silo in new[] { await _cluster.WhereAsync(_cluster.Cluster.Client.GetGrain<IStatusGrain>(user.Id)), shared }.Distinct())
            await _cluster.KillAsync(silo);

        // Its owner does nothing any more: the index alone brings it.
        await Eventually.TrueAsync(
            async () =>
            {
                _cluster.Time.Advance(TimeSpan.FromMinutes(6));
                foreach (var shard in new[] { WebhookShards.OfHandover(user.Id), WebhookShards.Of(WebhookKey.All) })
                    await Retry.UntilAnsweredAsync(_cluster.From(_cluster.Silos[0]).GetGrain<IWebhookIndexGrain>(shard).SweepAsync);
                return Sent.Contains(published[0]);
            },
            "it comes");
    }

    [Fact]
    public async Task NothingIsLeft_WhenErased()
    {
        var user = new WebhookUser(_cluster);
        for (var i = 0; i < 3; i++)
            await user.AddAsync();
        await user.PublishAsync(VideoStatus.Ready);
        Assert.Equal(3, await user.Webhooks.EraseAsync());
        Assert.Equal(0, await user.Webhooks.EraseAsync());
        Assert.Empty(await user.Webhooks.ListAsync());
        Assert.DoesNotContain(Directory.EnumerateFiles(_cluster.Folder, "webhook-*", SearchOption.AllDirectories),
            file => file.Contains(user.Id, StringComparison.Ordinal));
    }

    private IWebhookGrain All => _cluster.From(0).GetGrain<IWebhookGrain>(WebhookKey.All);

    private string[] Sent => _cluster.Sender.Sent(Url);
}
