using Ingestion.Webhooks;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Webhooks;

internal sealed partial class WebhookDelivery
{
    /// <summary>Logs when a receiver begins to fail and when it works again, not each attempt: those are in the delivery log.</summary>
    private void Tell(DeliveryOutcome outcome, PendingDelivery pending, WebhookAnswer answer)
    {
        if (outcome is DeliveryOutcome.Disabled)
            LogDisabled(_edge.Logger, _id);
        if (outcome is DeliveryOutcome.Dead)
            LogDead(_edge.Logger, _id, pending.Event.Id, answer.Status, answer.Error);
        var failing = outcome is not DeliveryOutcome.Delivered;
        if (failing == _failing)
            return;
        _failing = failing;
        if (failing)
            LogFailing(_edge.Logger, _id, answer.Status, answer.Error);
        else
            LogWorksAgain(_edge.Logger, _id);
    }

    [LoggerMessage(EventName = "WebhookFailing", Level = LogLevel.Information, Message = "Webhook {WebhookId} begins to fail: status {Status}, {Error}")]
    private static partial void LogFailing(ILogger logger, string webhookId, int? status, string? error);

    [LoggerMessage(EventName = "WebhookWorksAgain", Level = LogLevel.Information, Message = "Webhook {WebhookId} works again")]
    private static partial void LogWorksAgain(ILogger logger, string webhookId);

    [LoggerMessage(EventName = "WebhookDeadLetter", Level = LogLevel.Warning, Message = "Webhook {WebhookId} did not take event {EventId} in a day, which is given up: status {Status}, {Error}")]
    private static partial void LogDead(ILogger logger, string webhookId, string eventId, int? status, string? error);

    [LoggerMessage(EventName = "WebhookDisabled", Level = LogLevel.Information, Message = "Webhook {WebhookId} is disabled: its receiver wants no more")]
    private static partial void LogDisabled(ILogger logger, string webhookId);

    [LoggerMessage(EventName = "WebhookMissed", Level = LogLevel.Warning, Message = "Webhook {WebhookId} was away for too long: {Count} events left the journal before they could be sent")]
    private static partial void LogMissed(ILogger logger, string webhookId, long count);

    [LoggerMessage(EventName = "WebhookJournalLost", Level = LogLevel.Warning, Message = "The journal of webhook {WebhookId} is lost; it goes on at the beginning of the new one")]
    private static partial void LogJournalLost(ILogger logger, string webhookId);

    [LoggerMessage(EventName = "WebhookInterrupted", Level = LogLevel.Warning, Message = "The deliveries of webhook {WebhookId} were interrupted and will go on")]
    private static partial void LogInterrupted(ILogger logger, Exception exception, string webhookId);
}
