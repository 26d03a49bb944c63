using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Webhooks;

internal sealed partial class WebhookGrain
{
    [LoggerMessage(EventName = "WebhookAdded", Level = LogLevel.Information, Message = "Webhook {WebhookId} of {UserId} is added")]
    private partial void LogAdded(string webhookId, string userId);

    [LoggerMessage(EventName = "WebhookRemoved", Level = LogLevel.Information, Message = "Webhook {WebhookId} of {UserId} is removed")]
    private partial void LogRemoved(string webhookId, string userId);

    [LoggerMessage(EventName = "WebhookChanged", Level = LogLevel.Information,
        Message = "Webhook {WebhookId} of {UserId} is changed by its owner; it is enabled: {Enabled}")]
    private partial void LogChanged(string webhookId, string userId, bool enabled);

    [LoggerMessage(EventName = "WebhookDisabled", Level = LogLevel.Information, Message = "Webhook {WebhookId} of {UserId} is disabled: {Reason}")]
    private partial void LogDisabled(string webhookId, string userId, string? reason);

    [LoggerMessage(EventName = "WebhookNoticesNotPublished", Level = LogLevel.Warning,
        Message = "What happened to webhooks of {UserId} could not be published; the next check retries")]
    private partial void LogNotPublished(Exception exception, string userId);

    [LoggerMessage(EventName = "WebhookSecretRotated", Level = LogLevel.Information,
        Message = "Webhook {WebhookId} of {UserId} has a new secret; the old one is revoked: {Revoked}")]
    private partial void LogRotated(string webhookId, string userId, bool revoked);

    [LoggerMessage(EventName = "WebhookNeedsNotSent", Level = LogLevel.Warning,
        Message = "What the webhooks of {UserId} need could not be made known; the next check retries")]
    private partial void LogNeedsNotSent(Exception exception, string userId);
}
