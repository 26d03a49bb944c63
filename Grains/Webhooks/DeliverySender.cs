using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>Sends one event to a webhook, signed with the secrets that it has now.</summary>
internal sealed class DeliverySender(IWebhookSender sender, IWebhookSealer sealer, TimeProvider time)
{
    /// <summary>Sends it once. Throws only when it is cancelled.</summary>
    /// <param name="webhook">Where to.</param>
    /// <param name="key">The key of its grain.</param>
    /// <param name="id">The event's id.</param>
    /// <param name="body">The event.</param>
    /// <param name="traceParent">The span that published it; null: none.</param>
    /// <param name="stopping">Breaks the attempt off.</param>
    public async Task<WebhookAnswer> SendAsync(
        Webhook webhook, string key, string id, ReadOnlyMemory<byte> body, string? traceParent, CancellationToken stopping)
    {
        string[] secrets = [.. WebhookRules.Secrets(webhook, time.GetUtcNow()).Select(stored => sealer.Open(stored, key)).OfType<string>()];
        WebhookHeader[] headers = [.. (webhook.Wish.Headers ?? []).Select(header => header with { Value = sealer.Open(header.Value, key) ?? "" })];
        // A delivery without a valid signature, or without the field that lets it in, is not sent. The key may come back, or the owner sets a new value.
        return secrets.Length == 0 || headers.Any(header => header.Value.Length == 0)
            ? new WebhookAnswer(Status: null, "secret_unreadable")
            : await sender.SendAsync(new WebhookMessage(webhook.Wish.Url, id, body, secrets) { Headers = headers, TraceParent = traceParent }, stopping);
    }
}
