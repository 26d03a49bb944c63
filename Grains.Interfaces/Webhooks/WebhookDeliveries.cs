using Ingestion.Status;

namespace Ingestion.Webhooks;

/// <summary>What was sent last.</summary>
/// <param name="Attempts">Newest first.</param>
/// <param name="DeadLetters">Events that were given up, oldest first.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-deliveries-page")]
public sealed record WebhookDeliveries([property: Id(0)] IReadOnlyList<DeliveryAttempt> Attempts, [property: Id(1)] IReadOnlyList<StatusEvent> DeadLetters);

/// <summary>What became of an attempt. The numbers are stored; never renumber.</summary>
public enum DeliveryOutcome : byte
{
    /// <summary>The receiver has it.</summary>
    Delivered = 0,

    /// <summary>It failed and will be retried.</summary>
    Failed = 1,

    /// <summary>It failed for the last time.</summary>
    Dead = 2,

    /// <summary>The receiver wants no more (410).</summary>
    Disabled = 3,

    /// <summary>Not sent: a socket has acknowledged the event.</summary>
    Acknowledged = 4,

    /// <summary>Never sent: more waited, or for longer, than is kept for a webhook.</summary>
    Missed = 5,
}

/// <summary>What outcomes are called.</summary>
public static class DeliveryOutcomeExtensions
{
    extension(DeliveryOutcome outcome)
    {
        /// <summary>The name on the wire: lowercase.</summary>
        public string WireName => outcome switch
        {
            DeliveryOutcome.Delivered => "delivered",
            DeliveryOutcome.Failed => "failed",
            DeliveryOutcome.Dead => "dead",
            DeliveryOutcome.Disabled => "disabled",
            DeliveryOutcome.Acknowledged => "acknowledged",
            DeliveryOutcome.Missed => "missed",
            _ => "unknown",
        };
    }
}

/// <summary>One line of the delivery log.</summary>
/// <param name="EventId">The event.</param>
/// <param name="Type">Its type.</param>
/// <param name="At">When.</param>
/// <param name="Attempt">1 for the first one; 0 when nothing was sent.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Status">The receiver's answer; null when there was none.</param>
/// <param name="Error">Why there was none, as a stable code.</param>
/// <param name="NextAttemptAt">When it is retried; null when it is not.</param>
[GenerateSerializer, Immutable, Alias("ingestion.delivery-attempt")]
public sealed record DeliveryAttempt(
    [property: Id(0)] string EventId,
    [property: Id(1)] string Type,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] int Attempt,
    [property: Id(4)] DeliveryOutcome Outcome,
    [property: Id(5)] int? Status,
    [property: Id(6)] string? Error,
    [property: Id(7)] DateTimeOffset? NextAttemptAt)
{
    /// <summary>The event's place in its owner's journal; null where it has none, and in lines of an older build.</summary>
    [Id(8)]
    public Cursor? Cursor { get; init; }

    /// <summary>Whose journal that is, where the webhook is for many users.</summary>
    [Id(9)]
    public string? Owner { get; init; }
}
