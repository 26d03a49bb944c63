using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ingestion.Status;
using Ingestion.Videos;
using Ingestion.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Integration.Webhooks;

/// <summary>An owner gets to know that a webhook fails: in the list, and by events in the journal.</summary>
public sealed class FailingTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    private readonly WebhookUser _user = new(cluster);

    [Fact]
    public async Task FailuresHaveABeginning_UntilTheReceiverWorksAgain()
    {
        cluster.Sender.Answer(_user.Url, 500);
        var webhook = (await _user.AddAsync()).Webhook;
        Assert.Null(webhook.FailingSince);
        await _user.PublishAsync(VideoStatus.Uploaded);
        var first = await _user.LogAsync(webhook.Id, 1);
        var began = (await _user.InfoAsync()).FailingSince;
        Assert.Equal(first[0].At, began);
        await _user.LaterAsync(TimeSpan.FromSeconds(7));
        await _user.LogAsync(webhook.Id, 2);
        Assert.Equal(began, (await _user.InfoAsync()).FailingSince);

        cluster.Sender.Answer(_user.Url, 200);
        await _user.LaterAsync(TimeSpan.FromSeconds(40));
        await _user.LogAsync(webhook.Id, 3);
        Assert.Null((await _user.InfoAsync()).FailingSince);
    }

    [Fact]
    public async Task WebhookIsDisabledAndItsOwnerNotified_WhenThereWereFailuresOnlyForFiveDays()
    {
        var disabled = new ConcurrentQueue<string>();
        using var listener = CountDisabled(disabled);
        cluster.Sender.Answer(_user.Url, 500);
        var webhook = (await _user.AddAsync()).Webhook;
        await _user.PublishAsync(VideoStatus.Uploaded);
        await _user.LogAsync(webhook.Id, 1);
        var began = (await _user.InfoAsync()).FailingSince;
        await _user.LaterAsync(TimeSpan.FromHours(119));
        await _user.LogAsync(webhook.Id, 2);
        Assert.Null((await _user.InfoAsync()).DisabledAt);

        await _user.LaterAsync(TimeSpan.FromHours(2));
        await _user.LogAsync(webhook.Id, 3);
        await Eventually.TrueAsync(async () => (await _user.InfoAsync()) is { DisabledAt: not null, DisabledReason: WebhookNotice.Failing }, "it is disabled");

        var notice = Assert.Single(await NoticesAsync(1));
        Assert.Equal((webhook.Id, WebhookNotice.DisabledType, WebhookNotice.Failing, began),
            (notice.WebhookId, notice.Type, notice.Reason, notice.FailingSince));
        await Eventually.TrueAsync(() => !disabled.IsEmpty, "it is counted");
        Assert.Equal([WebhookNotice.Failing], disabled.ToArray());

        // Enabled again, it has all its time once more.
        var enabled = (await _user.Webhooks.ChangeAsync(webhook.Id, new WebhookChange { Enabled = true })).Webhook!;
        Assert.Equal((null, null, null), (enabled.DisabledAt, enabled.DisabledReason, enabled.FailingSince));
        await _user.LaterAsync(TimeSpan.FromMinutes(5));
        await _user.LogAsync(webhook.Id, 4);
        Assert.Null((await _user.InfoAsync()).DisabledAt);
    }

    [Fact]
    public async Task OnlyAnotherWebhookThatNamesItIsSentTheNotice_WhenOneIsGone()
    {
        const string Gone = "https://gone.example/";
        var disabled = new ConcurrentQueue<string>();
        using var listener = CountDisabled(disabled);
        cluster.Sender.Answer(Gone, 410);
        await _user.AddAsync(WebhookWhen.Always, WebhookNotice.DisabledType);
        var everything = new WebhookUser(cluster).Url;
        await _user.Webhooks.AddAsync(new NewWebhook(everything, [], WebhookWhen.Always));
        await _user.Webhooks.AddAsync(new NewWebhook(Gone, ["video.ready", WebhookNotice.DisabledType], WebhookWhen.Always));
        var published = await _user.PublishAsync(VideoStatus.Ready);
        await _user.SentAsync(1);

        var notice = Assert.Single(await NoticesAsync(1));
        Assert.Equal((WebhookNotice.Gone, 0), (notice.Reason, notice.DeadLetters));
        Assert.DoesNotContain(published[0], _user.Sent);
        Assert.Contains("\"webhook.disabled\"", System.Text.Encoding.UTF8.GetString(cluster.Sender.Messages(_user.Url)[0].Body.Span), StringComparison.Ordinal);
        var later = await _user.PublishAsync(VideoStatus.Ready);
        await cluster.Sender.SentAsync(everything, 2);
        Assert.Equal([.. published, .. later], cluster.Sender.Sent(everything));
        Assert.Equal(published, cluster.Sender.Sent(Gone));
        Assert.Equal([WebhookNotice.Gone], disabled.ToArray());
    }

    [Fact]
    public async Task OwnerIsNotifiedOfDeadLettersOnceAnHour()
    {
        cluster.Sender.Answer(_user.Url, 500);
        var webhook = (await _user.AddAsync()).Webhook;
        foreach (var _ in Enumerable.Range(0, 3))
            await _user.PublishAsync(VideoStatus.Ready);
        for (var lines = 3; lines <= 33; lines += 3)
        {
            await _user.LogAsync(webhook.Id, lines);
            await _user.LaterAsync(TimeSpan.FromHours(10));
        }

        Assert.Equal(3, (await _user.InfoAsync()).DeadLetters);
        var notice = Assert.Single(await NoticesAsync(1));
        Assert.Equal((webhook.Id, WebhookNotice.DeadLetterType), (notice.WebhookId, notice.Type));
        Assert.InRange(notice.DeadLetters!.Value, 1, 3);
    }

    /// <summary>Nothing of it is lost when the journal can't be written in that moment.</summary>
    [Fact]
    public async Task NoticeIsPublishedOnceLater_WhenTheJournalWasDown()
    {
        cluster.Sender.Answer(_user.Url, (_, _) =>
        {
            cluster.JournalFault.On();
            return Task.FromResult(new WebhookAnswer(410));
        });
        await _user.AddAsync();
        await _user.PublishAsync(VideoStatus.Ready);
        await Eventually.TrueAsync(async () => (await _user.InfoAsync()).DisabledAt is not null, "it is disabled");
        cluster.JournalFault.Off();
        await _user.LaterAsync(TimeSpan.FromMinutes(5));
        Assert.Single(await NoticesAsync(1));
    }

    /// <summary>Reasons of the webhooks that the silos count as disabled from now on.</summary>
    private MeterListener CountDisabled(ConcurrentQueue<string> reasons)
    {
        var hosts = cluster.Silos.Select(silo => (object)cluster.Services(silo).GetRequiredService<IMeterFactory>()).ToHashSet();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "ingestion.webhook.disabled" && instrument.Meter.Scope is { } host && hosts.Contains(host))
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => reasons.Enqueue((string)tags[0].Value!));
        listener.Start();
        return listener;
    }

    private async Task<WebhookNotice[]> NoticesAsync(int count)
    {
        WebhookNotice[] notices = [];
        await Eventually.TrueAsync(async () =>
        {
            var page = await _user.Journal.ReadAsync(new Cursor(Cursor.EmptyEpoch, 0), 1000);
            notices = [.. page.Entries.Select(entry => entry.Event.Webhook).OfType<WebhookNotice>()];
            return notices.Length >= count;
        }, $"{count} notices are in the journal");
        return notices;
    }
}
