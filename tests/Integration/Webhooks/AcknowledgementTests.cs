using Ingestion.Status;
using Ingestion.Videos;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Integration.Webhooks;

/// <summary>What a socket has acknowledged does not escalate, whatever happens to the journal's grain.</summary>
public sealed class AcknowledgementTests : IAsyncLifetime
{
    private ServiceCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ServiceCluster.StartAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task AcknowledgedEventIsNotSent_WhenTheJournalsSiloDiesBeforeItsTime()
    {
        var user = new WebhookUser(_cluster);
        var webhook = (await user.AddAsync(WebhookWhen.Unacknowledged)).Webhook;
        var published = await user.PublishAsync(VideoStatus.Ready, VideoStatus.Failed);
        await Eventually.TrueAsync(async () => (await user.InfoAsync()).Pending == 2, "both wait");
        await user.Journal.AcknowledgeAsync(new Acknowledgement((await user.InfoAsync()).Cursor with { Offset = 1 }));
        await _cluster.KillAsync(await _cluster.WhereAsync(user.Journal));

        _cluster.Time.Advance(TimeSpan.FromSeconds(31));
        await Retry.UntilAnsweredAsync(user.Webhooks.CheckAsync);

        var log = await user.LogAsync(webhook.Id, 2);
        Assert.Equal(published[1], Assert.Single(user.Sent));
        Assert.Equal(
            [(published[1], DeliveryOutcome.Delivered), (published[0], DeliveryOutcome.Acknowledged)],
            log.Select(line => (line.EventId, line.Outcome)));
    }

    [Fact]
    public async Task FurthestOfManyIsKnown_WhenTheGrainComesBack()
    {
        var user = new WebhookUser(_cluster);
        await user.AddAsync(WebhookWhen.Unacknowledged);
        await user.PublishAsync([.. Enumerable.Repeat(VideoStatus.Ready, 20)]);
        var end = await EndAsync(user);
        await Task.WhenAll(Enumerable.Range(1, 20).Reverse()
            .Select(offset => user.Journal.AcknowledgeAsync(new Acknowledgement(end with { Offset = offset }))));
        await RestartAsync(user);
        Assert.True(await user.Journal.IsAcknowledgedAsync(end));
        await user.Journal.AcknowledgeAsync(new Acknowledgement(end with { Offset = 3 }));
        Assert.True(await user.Journal.IsAcknowledgedAsync(end));
    }

    /// <summary>A socket that watches one video acknowledges nothing of the others, however far their events are.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OnlyTheEventsThatWereSent_AreAcknowledged_WhenASocketListensToOneVideo(bool restart)
    {
        var user = new WebhookUser(_cluster);
        await user.AddAsync(WebhookWhen.Unacknowledged);
        await user.PublishAsync([.. Enumerable.Repeat(VideoStatus.Ready, 5)]);
        var end = await EndAsync(user);
        await user.Journal.AcknowledgeAsync(new Acknowledgement(end, [2, 4]));
        await user.Journal.AcknowledgeAsync(new Acknowledgement(end, [3]));
        if (restart)
            await RestartAsync(user);
        var known = await Task.WhenAll(Enumerable.Range(1, 5).Select(offset => user.Journal.IsAcknowledgedAsync(end with { Offset = offset })));
        Assert.Equal([false, true, true, true, false], known);
        await user.Journal.AcknowledgeAsync(new Acknowledgement(end with { Offset = 9 }));
        await user.Journal.AcknowledgeAsync(new Acknowledgement(new Cursor("other", 5)));
        Assert.False(await user.Journal.IsAcknowledgedAsync(end));
    }

    [Fact]
    public async Task WhatWasAcknowledgedBefore_IsStored_WhenTheWebhookComesLater()
    {
        var user = new WebhookUser(_cluster);
        await user.PublishAsync(VideoStatus.Ready);
        var end = await EndAsync(user);
        await user.Journal.AcknowledgeAsync(new Acknowledgement(end));
        await user.AddAsync(WebhookWhen.Unacknowledged);
        await RestartAsync(user);
        Assert.True(await user.Journal.IsAcknowledgedAsync(end));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NothingIsStored_WhenNoWebhookWaitsForIt(bool hasWebhook)
    {
        var user = new WebhookUser(_cluster);
        if (hasWebhook)
            await user.AddAsync(WebhookWhen.Always);
        await user.PublishAsync(VideoStatus.Ready);
        await user.Journal.AcknowledgeAsync(new Acknowledgement(await EndAsync(user)));
        Assert.True(await user.Journal.IsAcknowledgedAsync(await EndAsync(user)));
        Assert.Empty(Directory.EnumerateFiles(_cluster.Folder, "acknowledged*", SearchOption.AllDirectories));
    }

    private static async Task<Cursor> EndAsync(WebhookUser user) => (await user.Journal.ReadAsync(new Cursor(Cursor.EmptyEpoch, 0), limit: 0)).End;

    /// <summary>With the silo that it is in: whether an idle grain has gone to sleep can't be queried, as silos remember where grains were.</summary>
    private async Task RestartAsync(WebhookUser user)
    {
        await _cluster.KillAsync(await _cluster.WhereAsync(user.Journal));
        await Retry.UntilAnsweredAsync(() => user.Journal.ListSocketsAsync());
    }
}
