using System.Diagnostics;
using Ingestion.Videos;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Integration.Webhooks;

/// <summary>Webhooks whose owner reads the events.</summary>
public sealed class PullTests : IAsyncLifetime
{
    // The longest that a call waits.
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(10);

    private ServiceCluster _cluster = null!;

    private IWebhookGrain All => _cluster.From(0).GetGrain<IWebhookGrain>(WebhookKey.All);

    private IWebhookEventsGrain AllEvents => _cluster.From(_cluster.Silos.Length - 1).GetGrain<IWebhookEventsGrain>(WebhookKey.All);

    public async Task InitializeAsync() => _cluster = await ServiceCluster.StartAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task EventsAreReadInOrderUntilTheyAreAcknowledged_AndNothingIsSent()
    {
        var (ann, bob) = (new WebhookUser(_cluster), new WebhookUser(_cluster));
        var id = await AddAsync();
        var published = await ann.PublishAsync(VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Ready);
        await WaitingAsync(id, 3);
        published = [.. published, .. await bob.PublishAsync(VideoStatus.Uploaded)];
        await WaitingAsync(id, 4);

        var first = await ReadAsync(id, after: null, limit: 3);
        Assert.Equal((PullOutcome.Ok, true), (first.Outcome, first.HasMore));
        Assert.Equal(published[..3], Ids(first));
        Assert.Equal(published[..3], Ids(await ReadAsync(id, after: null, limit: 3)));
        var second = await ReadAsync(id, first.End, limit: 3);
        Assert.Equal(published[3..], Ids(second));
        Assert.False(second.HasMore);
        // The same request once more, as after a lost answer; and one from before.
        Assert.Equal(published[3..], Ids(await ReadAsync(id, first.End, limit: 3)));
        Assert.Equal(published[3..], Ids(await ReadAsync(id, after: null, limit: 3)));
        Assert.Empty(Ids(await ReadAsync(id, second.End, limit: 3)));

        var info = (await All.GetAsync(id))!;
        Assert.Equal((true, 0, 0, TimeSpan.Zero, null), (info.IsPulled, info.Pending, info.DeadLetters, info.Lag, info.FailingSince));
        var body = JsonSerializer.Deserialize<JsonElement>(second.Events[0]);
        Assert.Equal((bob.Id, "4"), (body.GetProperty("owner").GetString(), body.GetProperty("sequence").GetString()!.TrimStart('0')));
        _cluster.Time.Advance(TimeSpan.FromHours(1));
        await All.CheckAsync();
        Assert.Empty(_cluster.Sender.Messages(""));
    }

    [Fact]
    public async Task ReaderGoesOnWhereItWas_WhenTheSiloDies()
    {
        var user = new WebhookUser(_cluster);
        var id = await AddAsync();
        var published = await user.PublishAsync([.. Enumerable.Repeat(VideoStatus.Queued, 150)]);
        await WaitingAsync(id, 150);
        var first = await ReadAsync(id, after: null, limit: 140);
        await ReadAsync(id, first.End, limit: 1);

        await _cluster.KillAsync(await _cluster.WhereAsync(_cluster.Cluster.Client.GetGrain<IWebhookGrain>(WebhookKey.All)));

        Assert.Equal(published[140..], Ids(await Retry.UntilAnsweredAsync(() => ReadAsync(id, after: null, limit: 1_000))));
        Assert.Equal(published[140..], Ids(await ReadAsync(id, first.End, limit: 1_000)));
        Assert.Equal(10, (await All.GetAsync(id))!.Pending);
    }

    [Fact]
    public async Task EventsThatAreNotReadForTooLongAreLost_AndReportedUntilThatIsAcknowledged()
    {
        var user = new WebhookUser(_cluster);
        var id = await AddAsync();
        var old = await user.PublishAsync(VideoStatus.Uploaded, VideoStatus.Queued);
        await WaitingAsync(id, 2);
        var read = await ReadAsync(id, after: null, limit: 1);
        Assert.Equal(old[..1], Ids(read));
        _cluster.Time.Advance(TimeSpan.FromDays(8));
        await All.CheckAsync();
        await Eventually.TrueAsync(async () => (await All.GetAsync(id))!.Missed == 2, "both are lost");
        var recent = await user.PublishAsync(VideoStatus.Ready);
        await WaitingAsync(id, 1);

        var page = await ReadAsync(id, after: null, limit: 10);
        var gap = JsonSerializer.Deserialize<JsonElement>(page.Events[0]);
        Assert.Equal(("journal.gap", 2, user.Id),
            (gap.GetProperty("type").GetString(), gap.GetProperty("data").GetProperty("count").GetInt32(), gap.GetProperty("owner").GetString()));
        Assert.Equal(recent[0], Ids(page)[1]);
        // A cursor from before the loss acknowledges what it stands for, and not the loss.
        Assert.Equal(Ids(page), Ids(await ReadAsync(id, read.End, limit: 10)));
        var line = Assert.Single((await All.GetDeliveriesAsync(id))!.Attempts);
        Assert.Equal((DeliveryOutcome.Missed, null), (line.Outcome, line.NextAttemptAt));
        Assert.Empty(Ids(await ReadAsync(id, page.End, limit: 10)));
        Assert.Equal(2, (await All.GetAsync(id))!.Missed);
    }

    [Fact]
    public async Task ReaderThatWaitsIsAnsweredAtOnce_WhenAnEventComes()
    {
        var user = new WebhookUser(_cluster);
        var id = await AddAsync();
        var began = Stopwatch.GetTimestamp();
        var waiting = new[] { ReadAsync(id, null, 10, _long), ReadAsync(id, null, 10, _long) };
        // A call behind them: they wait by now.
        Assert.Empty(Ids(await ReadAsync(id, null, 10)));

        var published = await user.PublishAsync(VideoStatus.Ready);

        Assert.All(await Task.WhenAll(waiting), page => Assert.Equal(published, Ids(page)));
        Assert.True(Stopwatch.GetElapsedTime(began) < _long);
    }

    [Theory]
    [InlineData(true, PullOutcome.NotFound)]
    [InlineData(false, PullOutcome.Disabled)]
    public async Task ReaderThatWaitsIsAnsweredAtOnce_WhenItsWebhookIs(bool removed, PullOutcome outcome)
    {
        var id = await AddAsync();
        var began = Stopwatch.GetTimestamp();
        var waiting = ReadAsync(id, null, 10, _long);
        Assert.Empty(Ids(await ReadAsync(id, null, 10)));
        if (removed)
            await All.RemoveAsync(id);
        else
            await All.ChangeAsync(id, new WebhookChange { Enabled = false });
        Assert.Equal(outcome, (await waiting).Outcome);
        Assert.Equal(outcome, (await ReadAsync(id, null, 10)).Outcome);
        Assert.True(Stopwatch.GetElapsedTime(began) < _long);
    }

    [Fact]
    public async Task NothingIsReadAndNothingAcknowledged_WhenThePlaceIsOfAnotherWebhook()
    {
        var user = new WebhookUser(_cluster);
        var (one, other) = (await AddAsync(), await AddAsync());
        await user.PublishAsync(VideoStatus.Uploaded, VideoStatus.Ready);
        await WaitingAsync(one, 2);
        await WaitingAsync(other, 2);
        var end = (await ReadAsync(one, after: null, limit: 10)).End;
        foreach (var place in new[] { end, (await ReadAsync(other, null, 10)).End with { Lost = 1 } })
            Assert.Equal((PullOutcome.PlaceUnknown, 0), (await ReadAsync(other, place, 10)) is var page ? (page.Outcome, page.Events.Count) : default);
        Assert.Equal(2, (await All.GetAsync(other))!.Pending);
        Assert.Equal(PullOutcome.NotPulled, (await _cluster.From(0).GetGrain<IWebhookEventsGrain>(user.Id)
            .PullAsync((await user.AddAsync()).Webhook.Id, null, 10, TimeSpan.Zero)).Outcome);
    }

    [Fact]
    public async Task ThereIsNothingToSendBy_WhenItIsPulled()
    {
        var id = await AddAsync();
        Assert.Null(await All.TestAsync(id));
        Assert.Null(await All.RotateAsync(id, revokeOld: true));
        Assert.Equal(("", ""), ((await All.ChangeAsync(id, new WebhookChange { Url = "https://example.org/" })).Webhook!.Url,
            (await All.AddOnceAsync(id, Wish))!.Secret));
    }

    private static NewWebhook Wish => new("", [], WebhookWhen.Always) { IsPulled = true };

    private async Task<string> AddAsync() => (await All.AddAsync(Wish))!.Webhook.Id;

    private Task<PulledEvents> ReadAsync(string id, WebhookPlace? after, int limit, TimeSpan wait = default) => AllEvents.PullAsync(id, after, limit, wait);

    private Task WaitingAsync(string id, int count) =>
        Eventually.TrueAsync(async () => (await All.GetAsync(id))!.Pending == count, $"{count} events wait");

    private static string[] Ids(PulledEvents page) =>
        [.. page.Events.Select(body => JsonSerializer.Deserialize<JsonElement>(body).GetProperty("id").GetString()!)];
}
