using Ingestion.Videos;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Integration.Webhooks;

/// <summary>Deliveries survive their silo.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private ServiceCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ServiceCluster.StartAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task EventIsRedeliveredUnderTheSameIdWithoutAnother_WhenTheSiloDiesInTheMiddleOfItsAttempt()
    {
        var user = new WebhookUser(_cluster);
        _cluster.Sender.Answer(user.Url, async (_, stopping) =>
        {
            await Task.Delay(Timeout.Infinite, stopping);
            return default;
        });
        var webhook = (await user.AddAsync()).Webhook;
        var published = await user.PublishAsync(VideoStatus.Uploaded, VideoStatus.Ready);
        await user.SentAsync(1);
        await _cluster.KillAsync(await _cluster.WhereAsync(_cluster.Cluster.Client.GetGrain<IWebhookGrain>(user.Id)));
        _cluster.Sender.Answer(user.Url, 200);

        // Its user publishes nothing more: the index alone reactivates it.
        await SweepUntilAsync(() => user.Sent.Length >= 3, user.Id);
        Assert.Equal([published[0], published[0], published[1]], user.Sent);
        Assert.Equal(webhook.Id, Assert.Single(await Retry.UntilAnsweredAsync(user.Webhooks.ListAsync)).Id);
    }

    [Fact]
    public async Task NewEventsCome_WhenTheSilosOfBothGrainsHaveDied()
    {
        var user = new WebhookUser(_cluster);
        await user.AddAsync();
        var first = await user.PublishAsync(VideoStatus.Uploaded);
        await user.SentAsync(1);
        foreach (var _ in new[] { "webhooks", "journal" })
        {
            var grain = _cluster.Silos.Length == 3 ? (IAddressable)user.Webhooks : user.Journal;
            await _cluster.KillAsync(await _cluster.WhereAsync(grain));
            await Retry.UntilAnsweredAsync(user.Webhooks.ListAsync);
            // It may have died with the first one, and nothing else would wake it.
            await Retry.UntilAnsweredAsync(user.Journal.ListSocketsAsync);
        }

        var published = await Retry.UntilAnsweredAsync(() => user.PublishAsync(VideoStatus.Ready));
        await SweepUntilAsync(() => user.Sent.Contains(published[0]), user.Id);
        Assert.Equal(first[0], user.Sent[0]);
    }

    [Fact]
    public async Task EventsOfTheNewJournalCome_WhenTheOldOneIsLost()
    {
        var user = new WebhookUser(_cluster);
        var webhook = (await user.AddAsync()).Webhook;
        var old = await user.PublishAsync(VideoStatus.Uploaded, VideoStatus.Queued);
        await user.LogAsync(webhook.Id, 2);
        // After a failed write the journal is read again, and then it is gone.
        _cluster.JournalFault.On();
        await Assert.ThrowsAsync<IOException>(() => user.PublishAsync(VideoStatus.Processing));
        _cluster.JournalFault.Off();
        Directory.Delete(Directory.EnumerateDirectories(Path.Combine(_cluster.Folder, "state", "status"), user.Id, SearchOption.AllDirectories).Single(),
            recursive: true);

        var published = await user.PublishAsync(VideoStatus.Ready);
        await user.SentAsync(3);
        Assert.Equal([.. old, .. published], user.Sent);
        Assert.Equal(1, (await user.InfoAsync()).Cursor.Offset);
    }

    private async Task SweepUntilAsync(Func<bool> condition, string userId) => await Eventually.TrueAsync(
        async () =>
        {
            _cluster.Time.Advance(TimeSpan.FromMinutes(6));
            var index = _cluster.From(_cluster.Silos[0]).GetGrain<IWebhookIndexGrain>(WebhookShards.Of(userId));
            await Retry.UntilAnsweredAsync(index.SweepAsync);
            return condition();
        },
        "the index brings it back");
}
