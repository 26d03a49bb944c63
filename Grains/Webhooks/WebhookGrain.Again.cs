using System.Globalization;
using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>What an owner has sent by hand: tests, retries and single events.</summary>
internal sealed partial class WebhookGrain
{
    // One test at a time of each: it holds a request for as long as its receiver takes.
    private readonly HashSet<string> _testing = [];

    public async Task<WebhookTest?> TestAsync(string webhookId)
    {
        if (WebhookRules.Find(await ReadAsync(), webhookId) is not { Wish.IsPulled: false } webhook)
            return null;
        if (!_testing.Add(webhookId))
            return new WebhookTest("", Status: null, Error: null, TimeSpan.Zero);
        try
        {
            var (id, began) = (string.Create(CultureInfo.InvariantCulture, $"{webhookId}-test-{Now.ToUnixTimeMilliseconds()}"), _time.GetTimestamp());
            var body = DeliveryJson.OfTest(id, $"{WebhookKey.PathOf(Key)}/{webhookId}", Now, webhookId);
            var answer = await DeliveryOf(webhook).TestAsync(webhook, id, body);
            return new WebhookTest(id, answer.Status, answer.Error, _time.GetElapsedTime(began));
        }
        finally
        {
            _testing.Remove(webhookId);
        }
    }

    public async Task<WebhookRetry> RetryAsync(string webhookId) => WebhookRules.Find(await ReadAsync(), webhookId) switch
    {
        null => new WebhookRetry(ReplayOutcome.NotFound),
        { DisabledAt: not null } => new WebhookRetry(ReplayOutcome.Disabled),
        var webhook => new WebhookRetry(ReplayOutcome.Ok, await DeliveryOf(webhook).RetryAsync()),
    };

    public async Task<ReplayOutcome> ResendAsync(string webhookId, string eventId)
    {
        if (WebhookRules.Find(await ReadAsync(), webhookId) is not { } webhook)
            return ReplayOutcome.NotFound;
        if (webhook.DisabledAt is not null)
            return ReplayOutcome.Disabled;
        var delivery = DeliveryOf(webhook);
        if (await delivery.ResendAsync(eventId))
            return ReplayOutcome.Ok;
        // It was delivered. The line of the log knows its place in the journal.
        var lines = (await delivery.ReportAsync()).State.Log;
        if (lines.LastOrDefault(line => line.EventId == eventId && line.Cursor is not null) is not { Cursor: { } cursor } sent)
            return ReplayOutcome.NotFound;
        var owner = IsShared ? sent.Owner! : Key;
        var page = await GrainFactory.GetGrain<IStatusGrain>(owner).ReadAsync(cursor with { Offset = cursor.Offset - 1 }, limit: 1);
        if (page is not { IsLost: false, Entries: [var entry] } || entry.Event.Id != eventId)
            return ReplayOutcome.NotFound;
        await delivery.ResendAsync(new HeldEvent(cursor, entry.Event, IsShared ? owner : null));
        return ReplayOutcome.Ok;
    }
}
