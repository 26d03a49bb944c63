using Ingestion.Status;

namespace Ingestion.Webhooks;

/// <summary>Which events are sent. The numbers are stored; never renumber.</summary>
public enum WebhookWhen : byte
{
    /// <summary>Each one.</summary>
    Always = 0,

    /// <summary>Those of terminal states that no socket of the user has acknowledged in time.</summary>
    Unacknowledged = 1,
}

/// <summary>A wish for a webhook.</summary>
/// <param name="Url">Where to.</param>
/// <param name="Events">Types of events; none: all.</param>
/// <param name="When">Which of these.</param>
[GenerateSerializer, Immutable, Alias("ingestion.new-webhook")]
public sealed record NewWebhook([property: Id(0)] string Url, [property: Id(1)] IReadOnlyList<string> Events, [property: Id(2)] WebhookWhen When);

/// <summary>A webhook as its owner sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where to.</param>
/// <param name="Events">Types of events; none: all.</param>
/// <param name="When">Which of these.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="DisabledAt">When its receiver said 410 or its owner disabled it; null while it is enabled.</param>
/// <param name="Cursor">Up to where the journal was taken in.</param>
/// <param name="Pending">Events that wait for their turn or their next attempt.</param>
/// <param name="DeadLetters">Events that were given up.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-info")]
public sealed record WebhookInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] string Url,
    [property: Id(2)] IReadOnlyList<string> Events,
    [property: Id(3)] WebhookWhen When,
    [property: Id(4)] DateTimeOffset CreatedAt,
    [property: Id(5)] DateTimeOffset? DisabledAt,
    [property: Id(6)] Cursor Cursor,
    [property: Id(7)] int Pending,
    [property: Id(8)] int DeadLetters);

/// <summary>A new webhook, with the only sight of its secret.</summary>
/// <param name="Webhook">The webhook.</param>
/// <param name="Secret"><c>whsec_</c> and base64.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-added")]
public sealed record WebhookAdded([property: Id(0)] WebhookInfo Webhook, [property: Id(1)] string Secret)
{
    /// <summary>Never with the secret: what is printed ends in logs.</summary>
    public override string ToString() => Webhook.Id;
}

/// <summary>A new secret, seen this once.</summary>
/// <param name="Secret"><c>whsec_</c> and base64.</param>
/// <param name="OldSecretUntil">Until when the one before signs too.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-secret")]
public sealed record WebhookSecret([property: Id(0)] string Secret, [property: Id(1)] DateTimeOffset OldSecretUntil)
{
    /// <summary>Never the secret itself: what is printed ends in logs.</summary>
    public override string ToString() => nameof(WebhookSecret);
}

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

    /// <summary>It failed and will be tried again.</summary>
    Failed = 1,

    /// <summary>It failed for the last time.</summary>
    Dead = 2,

    /// <summary>The receiver wants no more (410).</summary>
    Disabled = 3,

    /// <summary>Not sent: a socket has acknowledged the event.</summary>
    Acknowledged = 4,
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
/// <param name="NextAttemptAt">When it is tried again; null when it is not.</param>
[GenerateSerializer, Immutable, Alias("ingestion.delivery-attempt")]
public sealed record DeliveryAttempt(
    [property: Id(0)] string EventId,
    [property: Id(1)] string Type,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] int Attempt,
    [property: Id(4)] DeliveryOutcome Outcome,
    [property: Id(5)] int? Status,
    [property: Id(6)] string? Error,
    [property: Id(7)] DateTimeOffset? NextAttemptAt);

/// <summary>How a replay went.</summary>
public enum ReplayOutcome : byte
{
    /// <summary>It is under way.</summary>
    Ok = 0,

    /// <summary>There is no such webhook.</summary>
    NotFound = 1,

    /// <summary>It is disabled.</summary>
    Disabled = 2,

    /// <summary>The cursor is not one of the user's journal.</summary>
    CursorInvalid = 3,
}

/// <summary>Answer to a replay.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="DeadLetters">Given-up events that are tried again.</param>
[GenerateSerializer, Immutable, Alias("ingestion.replay-result")]
public sealed record ReplayResult([property: Id(0)] ReplayOutcome Outcome, [property: Id(1)] int DeadLetters);
