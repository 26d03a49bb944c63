using Ingestion.Videos;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Integration.Webhooks;

/// <summary>A webhook that is disabled, and enabled again.</summary>
public sealed class EnableTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    private readonly WebhookUser _user = new(cluster);

    [Fact]
    public async Task EverythingComesInOrder_WhenEnabledAfterTheReceiverAnsweredGone()
    {
        cluster.Sender.Answer(_user.Url, 410);
        var webhook = (await _user.AddAsync()).Webhook;
        var first = await _user.PublishAsync(VideoStatus.Uploaded);
        await Eventually.TrueAsync(async () => (await _user.InfoAsync()).DisabledAt is not null, "it is disabled");
        await _user.LogAsync(webhook.Id, 1);
        var missed = await _user.PublishAsync([.. Enumerable.Repeat(VideoStatus.Queued, 40)]);
        cluster.Sender.Answer(_user.Url, 200);
        await _user.LaterAsync(TimeSpan.FromMinutes(10));
        Assert.Single(_user.Sent);

        var enabled = (await _user.Webhooks.ChangeAsync(webhook.Id, new WebhookChange { Enabled = true })).Webhook;

        Assert.Null(enabled!.DisabledAt);
        await _user.SentAsync(42);
        Assert.Equal([.. first, .. first, .. missed], _user.Sent);
        var published = await _user.PublishAsync(VideoStatus.Ready);
        await _user.SentAsync(43);
        Assert.Equal(published[0], _user.Sent[^1]);
        Assert.Equal(0, (await _user.InfoAsync()).DeadLetters);
    }

    [Fact]
    public async Task NothingComes_WhileItsOwnerHasDisabledIt()
    {
        var webhook = (await _user.AddAsync()).Webhook;
        Assert.NotNull((await _user.Webhooks.ChangeAsync(webhook.Id, new WebhookChange { Enabled = false })).Webhook!.DisabledAt);
        Assert.Equal(WebhookNeeds.Events, await _user.Webhooks.GetNeedsAsync());
        var published = await _user.PublishAsync(VideoStatus.Uploaded, VideoStatus.Ready);
        await _user.LaterAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(ReplayOutcome.Disabled, (await _user.Webhooks.ReplayAsync(webhook.Id, from: null, owner: "")).Outcome);
        Assert.Empty(_user.Sent);
        Assert.Null((await _user.Webhooks.ChangeAsync(webhook.Id, new WebhookChange { Enabled = true })).Webhook!.DisabledAt);
        await _user.SentAsync(2);
        Assert.Equal(published, _user.Sent);
        Assert.Null((await _user.Webhooks.ChangeAsync(ServiceCluster.NewId(), new WebhookChange { Enabled = true })).Webhook);
    }
}
