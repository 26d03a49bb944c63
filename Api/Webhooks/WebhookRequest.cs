using System.Diagnostics.CodeAnalysis;
using Ingestion.Webhooks;

namespace Ingestion.Api.Webhooks;

/// <summary>Reads a request for a webhook: pure. Only resolving the address shows where it points.</summary>
internal static class WebhookRequest
{
    /// <summary>False when the request is invalid; <paramref name="where"/> then names the field.</summary>
    public static bool TryRead(NewWebhookJson body, bool isShared, [NotNullWhen(true)] out NewWebhook? webhook, [NotNullWhen(false)] out string? where)
    {
        webhook = null;
        where = "$.when";
        // What a socket of its owner has acknowledged is known to the webhooks of that owner only.
        if (body.When is not WebhookJson.Always && (isShared || body.When is not WebhookJson.Unacknowledged))
            return false;
        var when = body.When == WebhookJson.Always ? WebhookWhen.Always : WebhookWhen.Unacknowledged;
        // Others are never waited for, so that a webhook for them would stay silent.
        var known = when is WebhookWhen.Always ? WebhookEvents.All : WebhookEvents.Terminal;
        where = "$.events";
        if (body.Events is [] || body.Events?.All(type => type is not null && known.Contains(type)) is false)
            return false;
        where = null;
        webhook = new NewWebhook(body.Url, [.. body.Events?.Distinct() ?? []], when);
        return true;
    }
}
