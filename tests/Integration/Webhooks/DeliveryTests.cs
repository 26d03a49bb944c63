using Ingestion.Status;
using Ingestion.Videos;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Integration.Webhooks;

/// <summary>Events on their way to a receiver that takes them, or does not.</summary>
public sealed class DeliveryTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    private readonly WebhookUser _user = new(cluster);

    [Fact]
    public async Task EventsComeInOrderAndOnce_WhenTheReceiverTakesThem()
    {
        var before = await _user.PublishAsync(VideoStatus.Uploaded, VideoStatus.Queued);
        var webhook = (await _user.AddAsync()).Webhook;
        var published = await _user.PublishAsync([.. Enumerable.Repeat(VideoStatus.Uploaded, 70)]);
        await _user.SentAsync(published.Length);
        var log = await _user.LogAsync(webhook.Id, published.Length);
        Assert.Equal(published, _user.Sent);
        Assert.Equal(published, log.Reverse().Select(line => line.EventId));
        Assert.All(log, line => Assert.Equal((DeliveryOutcome.Delivered, 1, 204), (line.Outcome, line.Attempt, line.Status)));
        Assert.DoesNotContain(before[0], _user.Sent);

        var info = await _user.InfoAsync();
        Assert.Equal((0, 0, 72L), (info.Pending, info.DeadLetters, info.Cursor.Offset));
    }

    [Fact]
    public async Task OnlyTheRequestedEventsCome_WhenTheWebhookIsForSomeTypes()
    {
        await _user.AddAsync(WebhookWhen.Always, "video.ready", "video.failed");
        var published = await _user.PublishAsync(VideoStatus.Queued, VideoStatus.Ready, VideoStatus.Processing, VideoStatus.Failed);
        await _user.SentAsync(2);
        Assert.Equal([published[1], published[3]], _user.Sent);
    }

    [Fact]
    public async Task EventsComeAgainUnderTheirIds_WhenTheReceiverFailsAtFirst()
    {
        cluster.Sender.Answer(_user.Url, 503);
        var webhook = (await _user.AddAsync()).Webhook;
        var published = await _user.PublishAsync(VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Ready);
        var failed = await _user.LogAsync(webhook.Id, 1);
        Assert.Equal([published[0]], _user.Sent);
        Assert.All(failed, line => Assert.Equal((DeliveryOutcome.Failed, 1, 503), (line.Outcome, line.Attempt, line.Status)));
        await Eventually.TrueAsync(async () => (await _user.InfoAsync()).Pending == 3, "all wait");

        cluster.Sender.Answer(_user.Url, 200);
        await _user.LaterAsync(TimeSpan.FromSeconds(7));
        var log = await _user.LogAsync(webhook.Id, 4);
        Assert.Equal([published[0], .. published], _user.Sent);
        Assert.Equal([1, 1, 2], log[..3].Select(line => line.Attempt));
        Assert.Equal(0, (await _user.InfoAsync()).Pending);
    }

    [Fact]
    public async Task EventIsTriedAgainByItself_WhenItsTimeHasCome()
    {
        cluster.Sender.Answer(_user.Url, 500);
        await _user.AddAsync();
        var published = await _user.PublishAsync(VideoStatus.Ready);
        await _user.SentAsync(1);
        cluster.Sender.Answer(_user.Url, 200);
        // Nothing wakes it: the first pause is 5 s.
        await _user.SentAsync(2);
        Assert.Equal([published[0], published[0]], _user.Sent);
    }

    [Fact]
    public async Task EventsOfOtherVideosContinue_WhenOneFails()
    {
        string? bad = null;
        cluster.Sender.Answer(_user.Url, (message, _) => Task.FromResult(new WebhookAnswer(message.Id == (bad ??= message.Id) ? 500 : 200)));
        await _user.AddAsync();
        var failing = await _user.PublishAsync(VideoStatus.Uploaded, VideoStatus.Ready);
        var published = await _user.PublishAsync(VideoStatus.Uploaded, VideoStatus.Ready);
        await Eventually.TrueAsync(() => Task.FromResult(published.All(_user.Sent.Contains)), "the others come");
        Assert.Equal(failing[0], bad);
        Assert.DoesNotContain(failing[1], _user.Sent);
    }

    [Fact]
    public async Task EventsOfEightVideosAreUnderWay_WhenTheReceiverTakesItsTime()
    {
        const int Videos = 20;
        const int AtOnce = 8;
        var (underWay, most) = (0, 0);
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Sender.Answer(_user.Url, async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref underWay));
            if (underWay == AtOnce)
                full.TrySetResult();
            await full.Task;
            Interlocked.Decrement(ref underWay);
            return new WebhookAnswer(200);
        });
        await _user.AddAsync();
        var published = new List<string>();
        for (var video = 0; video < Videos; video++)
            published.AddRange(await _user.PublishAsync(VideoStatus.Uploaded, VideoStatus.Ready));
        await _user.SentAsync(published.Count);
        Assert.Equal(AtOnce, most);
        foreach (var ofOne in published.Chunk(2))
            Assert.Equal(ofOne, _user.Sent.Where(ofOne.Contains));
        Assert.Equal(published.Order(), _user.Sent.Order());
    }

    [Fact]
    public async Task NothingMoreComes_WhenTheReceiverAnswersGone()
    {
        cluster.Sender.Answer(_user.Url, 410);
        var webhook = (await _user.AddAsync()).Webhook;
        await _user.PublishAsync(VideoStatus.Uploaded);
        await Eventually.TrueAsync(async () => (await _user.InfoAsync()).DisabledAt is not null, "it is disabled");
        var log = await _user.LogAsync(webhook.Id, 1);
        Assert.Equal((DeliveryOutcome.Disabled, 410), (log[0].Outcome, log[0].Status));
        Assert.NotNull((await _user.InfoAsync()).DisabledAt);

        await _user.PublishAsync(VideoStatus.Queued, VideoStatus.Ready);
        await _user.LaterAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(ReplayOutcome.Disabled, (await _user.Webhooks.ReplayAsync(webhook.Id, from: null, owner: "")).Outcome);
        Assert.Single(_user.Sent);
    }

    [Fact]
    public async Task EventIsGivenUpAndReplayed_WhenTheReceiverIsAwayForADay()
    {
        cluster.Sender.Answer(_user.Url, 500);
        var webhook = (await _user.AddAsync()).Webhook;
        var published = await _user.PublishAsync(VideoStatus.Ready);
        for (var attempt = 1; attempt <= 11; attempt++)
        {
            await _user.LogAsync(webhook.Id, attempt);
            await _user.LaterAsync(TimeSpan.FromHours(10));
        }

        var dead = (await _user.Webhooks.GetDeliveriesAsync(webhook.Id))!;
        Assert.Equal((DeliveryOutcome.Dead, 11), (dead.Attempts[0].Outcome, dead.Attempts[0].Attempt));
        Assert.Equal(published[0], Assert.Single(dead.DeadLetters).Id);
        Assert.Equal((0, 1), ((await _user.InfoAsync()).Pending, (await _user.InfoAsync()).DeadLetters));

        cluster.Sender.Answer(_user.Url, 200);
        Assert.Equal(new ReplayResult(ReplayOutcome.Ok, 1), await _user.Webhooks.ReplayAsync(webhook.Id, from: null, owner: ""));
        var log = await _user.LogAsync(webhook.Id, 12);
        Assert.Equal((DeliveryOutcome.Delivered, published[0]), (log[0].Outcome, log[0].EventId));
        Assert.Equal(0, (await _user.InfoAsync()).DeadLetters);
    }

    [Fact]
    public async Task EventsAfterTheCursorComeAgain_WhenReplayed()
    {
        var webhook = (await _user.AddAsync()).Webhook;
        var published = await _user.PublishAsync(VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Ready);
        await _user.LogAsync(webhook.Id, 3);
        var end = (await _user.InfoAsync()).Cursor;
        Assert.Equal(ReplayOutcome.Ok, (await _user.Webhooks.ReplayAsync(webhook.Id, end with { Offset = 1 }, "")).Outcome);
        await _user.SentAsync(5);
        Assert.Equal([.. published, published[1], published[2]], _user.Sent);

        Assert.Equal(ReplayOutcome.CursorInvalid, (await _user.Webhooks.ReplayAsync(webhook.Id, end with { Offset = 4 }, "")).Outcome);
        Assert.Equal(ReplayOutcome.CursorInvalid, (await _user.Webhooks.ReplayAsync(webhook.Id, end with { Epoch = "other" }, "")).Outcome);
        Assert.Equal(ReplayOutcome.NotFound, (await _user.Webhooks.ReplayAsync(ServiceCluster.NewId(), end, "")).Outcome);
    }

    [Fact]
    public async Task OnlyUnacknowledgedTerminalEventsCome_WhenTheirTimeIsOver()
    {
        var webhook = (await _user.AddAsync(WebhookWhen.Unacknowledged)).Webhook;
        var published = await _user.PublishAsync(VideoStatus.Uploaded, VideoStatus.Ready, VideoStatus.Queued, VideoStatus.Failed);
        await Eventually.TrueAsync(async () => (await _user.InfoAsync()).Pending == 2, "the terminal ones wait");
        Assert.Empty(_user.Sent);
        var end = (await _user.InfoAsync()).Cursor;
        await _user.Journal.AcknowledgeAsync(new Acknowledgement(end with { Offset = 3 }));
        await _user.Journal.AcknowledgeAsync(new Acknowledgement(end with { Offset = 2 }));
        Assert.True(await _user.Journal.IsAcknowledgedAsync(end with { Offset = 3 }));
        Assert.False(await _user.Journal.IsAcknowledgedAsync(end with { Offset = 4 }));

        await _user.LaterAsync(TimeSpan.FromSeconds(31));
        var log = await _user.LogAsync(webhook.Id, 2);
        Assert.Equal(published[3], Assert.Single(_user.Sent));
        Assert.Equal(
            [(published[3], DeliveryOutcome.Delivered), (published[1], DeliveryOutcome.Acknowledged)],
            log.Select(line => (line.EventId, line.Outcome)));
    }

    [Fact]
    public async Task BothSecretsSign_WhenRotatedADayLong()
    {
        var added = await _user.AddAsync();
        var rotated = (await _user.Webhooks.RotateAsync(added.Webhook.Id, revokeOld: false))!;
        Assert.NotEqual(added.Secret, rotated.Secret);
        await _user.PublishAsync(VideoStatus.Ready);
        await _user.SentAsync(1);
        await _user.LaterAsync(TimeSpan.FromHours(24));
        await _user.PublishAsync(VideoStatus.Ready);
        await _user.SentAsync(2);
        var messages = cluster.Sender.Messages(_user.Url);
        Assert.Equal([rotated.Secret, added.Secret], messages[0].Secrets);
        Assert.Equal([rotated.Secret], messages[1].Secrets);
    }

    [Fact]
    public async Task NothingIsLeft_WhenRemovedInTheMiddleOfAnAttempt()
    {
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Sender.Answer(_user.Url, async (_, stopping) =>
        {
            await using var registration = stopping.Register(() => broken.SetResult());
            await Task.Delay(Timeout.Infinite, stopping);
            return default;
        });
        var webhook = (await _user.AddAsync()).Webhook;
        await _user.PublishAsync(VideoStatus.Ready, VideoStatus.Deleted);
        await _user.SentAsync(1);
        Assert.True(await _user.Webhooks.RemoveAsync(webhook.Id));
        await broken.Task;
        Assert.False(await _user.Webhooks.RemoveAsync(webhook.Id));
        Assert.Empty(await _user.Webhooks.ListAsync());
        Assert.Null(await _user.Webhooks.GetDeliveriesAsync(webhook.Id));
        Assert.Null(await _user.Webhooks.CheckAsync());
        Assert.Single(_user.Sent);
        Assert.Empty(Directory.EnumerateFiles(cluster.Folder, $"webhook-{webhook.Id}*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task NinthIsRefused_WhenAUserHasEight()
    {
        for (var i = 0; i < 8; i++)
            await _user.AddAsync();
        Assert.Null(await _user.Webhooks.AddAsync(new NewWebhook(_user.Url, [], WebhookWhen.Always)));
        Assert.Equal(8, (await _user.Webhooks.ListAsync()).Count);
    }

    [Fact]
    public async Task WebhookGrainStaysAsleep_WhileItsUserOnlyListens()
    {
        await using var subscriber = await Subscriber.StartAsync(cluster.From(0), _user.Id, renews: true);
        Assert.Null(await cluster.From(0).GetGrain<IManagementGrain>(0).GetActivationAddress(_user.Webhooks));
        await _user.PublishAsync(VideoStatus.Ready);
        await cluster.WhereAsync(_user.Webhooks);
    }
}
