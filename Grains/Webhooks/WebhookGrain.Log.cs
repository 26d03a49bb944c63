using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Webhooks;

internal sealed partial class WebhookGrain
{
    [LoggerMessage(EventName = "WebhookAdded", Level = LogLevel.Information, Message = "Webhook {WebhookId} of {UserId} is added")]
    private partial void LogAdded(string webhookId, string userId);

    [LoggerMessage(EventName = "WebhookRemoved", Level = LogLevel.Information, Message = "Webhook {WebhookId} of {UserId} is removed")]
    private partial void LogRemoved(string webhookId, string userId);

    [LoggerMessage(EventName = "WebhookSwitched", Level = LogLevel.Information, Message = "Webhook {WebhookId} of {UserId} is enabled by its owner: {Enabled}")]
    private partial void LogSwitched(string webhookId, string userId, bool enabled);

    [LoggerMessage(EventName = "WebhookSecretRotated", Level = LogLevel.Information,
        Message = "Webhook {WebhookId} of {UserId} has a new secret; the old one is revoked: {Revoked}")]
    private partial void LogRotated(string webhookId, string userId, bool revoked);

    [LoggerMessage(EventName = "WebhookNeedsNotSent", Level = LogLevel.Warning,
        Message = "What the webhooks of {UserId} need could not be made known; the next check retries")]
    private partial void LogNeedsNotSent(Exception exception, string userId);
}
