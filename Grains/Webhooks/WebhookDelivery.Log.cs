using Ingestion.Webhooks;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Webhooks;

internal sealed partial class WebhookDelivery
{
    private bool _failing;

    /// <summary>Logs when a receiver begins to fail and when it works again, not each attempt: those are in the delivery log.</summary>
    private void LogOutcome(DeliveryOutcome outcome, string eventId, WebhookAnswer answer)
    {
        if (outcome is DeliveryOutcome.Dead)
            LogDead(_id, eventId, answer.Status, answer.Error);
        var failing = outcome is not DeliveryOutcome.Delivered;
        if (failing == _failing)
            return;
        _failing = failing;
        if (failing)
            LogFailing(_id, answer.Status, answer.Error);
        else
            LogWorksAgain(_id);
    }

    [LoggerMessage(EventName = "WebhookFailing", Level = LogLevel.Information, Message = "Webhook {WebhookId} fails from now on: status {Status}, {Error}")]
    private partial void LogFailing(string webhookId, int? status, string? error);

    [LoggerMessage(EventName = "WebhookWorksAgain", Level = LogLevel.Information, Message = "Webhook {WebhookId} works again")]
    private partial void LogWorksAgain(string webhookId);

    [LoggerMessage(EventName = "WebhookDeadLetter", Level = LogLevel.Warning,
        Message = "Webhook {WebhookId} did not accept event {EventId} within a day; the event is a dead letter now: status {Status}, {Error}")]
    private partial void LogDead(string webhookId, string eventId, int? status, string? error);

    [LoggerMessage(EventName = "WebhookMissed", Level = LogLevel.Warning,
        Message = "Webhook {WebhookId} is too far behind: {Count} events are lost, and its receiver is notified")]
    private partial void LogMissed(string webhookId, long count);

    [LoggerMessage(EventName = "WebhookInterrupted", Level = LogLevel.Warning,
        Message = "The deliveries of webhook {WebhookId} were interrupted; they are retried")]
    private partial void LogInterrupted(Exception exception, string webhookId);
}
