using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>The journals whose events are sent: they must know of the webhooks, and can be read again.</summary>
internal sealed partial class WebhookGrain
{
    public async Task<ReplayResult> ReplayAsync(string webhookId, Cursor? from, string owner)
    {
        if (WebhookRules.Find(await ReadAsync(), webhookId) is not { } webhook)
            return new ReplayResult(ReplayOutcome.NotFound, 0);
        if (webhook.DisabledAt is not null)
            return new ReplayResult(ReplayOutcome.Disabled, 0);
        if (from is not { } cursor)
            return new ReplayResult(ReplayOutcome.Ok, await DeliveryOf(webhook).ReviveAsync());
        var isReplayed = await ReplayJournalAsync(webhook, IsShared ? owner : Key, cursor);
        return new ReplayResult(isReplayed ? ReplayOutcome.Ok : ReplayOutcome.CursorInvalid, 0);
    }

    /// <summary>Makes known that there is a webhook. If a silo does not answer it is not added: events would pass it by.</summary>
    private async Task PublishNewAsync(Webhook webhook)
    {
        if (!IsShared)
        {
            await SendNeedsAsync();
            return;
        }

        try
        {
            await GrainFactory.GetGrain<ISharedWebhooksGrain>(0).SetAsync(Key, (await ReadAsync()).Webhooks[0].CreatedAt);
        }
        catch
        {
            await RemoveAsync(webhook.Id);
            throw;
        }
    }

    private static async Task<Cursor> EndAsync(IStatusGrain journal) => (await journal.ReadAsync(new Cursor(Cursor.EmptyEpoch, 0), limit: 0)).End;

    /// <summary>False: the cursor is of another journal.</summary>
    private async Task<bool> ReplayJournalAsync(Webhook webhook, string owner, Cursor from)
    {
        var journal = GrainFactory.GetGrain<IStatusGrain>(owner);
        var page = await journal.ReadAsync(from, JournalHandover.PageSize);
        if (page.IsLost)
            return false;
        for (var end = page.End; page.Entries.Count > 0 && !page.IsLost; page = await journal.ReadAsync(from, JournalHandover.PageSize))
        {
            from = page.End with { Offset = page.Entries[^1].Offset };
            var entries = page.Entries.Where(entry => entry.Offset <= end.Offset && (!IsShared || WebhookKey.Covers(Key, entry.Event.Tenant)));
            await DeliveryOf(webhook).ReplayAsync(webhook, new JournalBatch(owner, from, [.. entries]), IsShared);
            if (from.Offset >= end.Offset)
                break;
        }

        return true;
    }

    /// <summary>Publishes what the owner is to be notified of. It is stored until then: what fails is published by the next check, once.</summary>
    private async Task PublishNoticesAsync()
    {
        try
        {
            while ((await ReadAsync()).Notices is { Count: > 0 } notices)
            {
                await Journal.PublishAsync(notices, redelivery: true);
                await ChangeAsync(list => WebhookRules.Published(list, notices));
            }
        }
#pragma warning disable CA1031 // What happened to the webhook is stored, and its sending must not end here.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotPublished(e, Key);
        }
    }

    /// <summary>Makes known what the webhooks need. One call at a time, so that the last one is the newest; the next check retries a failed one.</summary>
    private Task SendNeedsAsync()
    {
        if (_sendingNeeds.IsCompleted)
            _sendingNeeds = SendNewestNeedsAsync();
        return _sendingNeeds;
    }

    private async Task SendNewestNeedsAsync()
    {
        try
        {
            for (var needs = await GetNeedsAsync(); needs != _sentNeeds; needs = await GetNeedsAsync())
            {
                if (!IsShared)
                    await Journal.WebhooksNeedAsync(needs);
                else
                    await GrainFactory.GetGrain<ISharedWebhooksGrain>(0)
                        .SetAsync(Key, (await ReadAsync()).Webhooks is [var first, ..] ? first.CreatedAt : null);
                _sentNeeds = needs;
            }
        }
#pragma warning disable CA1031 // The change itself is stored, so the owner's request has succeeded.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNeedsNotSent(e, Key);
        }
    }
}
