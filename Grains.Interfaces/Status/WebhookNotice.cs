namespace Ingestion.Status;

/// <summary>Something that happened to a webhook, and that its owner should know.</summary>
/// <param name="WebhookId">The webhook.</param>
/// <param name="Type"><see cref="DisabledType"/> or <see cref="DeadLetterType"/>.</param>
/// <param name="Reason">Why it was disabled: <c>gone</c> or <c>failing</c>; null otherwise.</param>
/// <param name="FailingSince">Since when nothing reached its receiver; null when that is not so.</param>
/// <param name="DeadLetters">How many events were given up for it.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-notice")]
public sealed record WebhookNotice(
    [property: Id(0)] string WebhookId,
    [property: Id(1)] string Type,
    [property: Id(2)] string? Reason,
    [property: Id(3)] DateTimeOffset? FailingSince,
    [property: Id(4)] int? DeadLetters)
{
    /// <summary>It is disabled, and not by its owner.</summary>
    public const string DisabledType = "webhook.disabled";

    /// <summary>An event was given up, the first one in an hour.</summary>
    public const string DeadLetterType = "webhook.dead_letter";

    /// <summary>Of a webhook whose receiver answered 410.</summary>
    public const string Gone = "gone";

    /// <summary>Of a webhook that has failed for too long.</summary>
    public const string Failing = "failing";

    /// <summary>Of a webhook that its owner disabled; not an event.</summary>
    public const string Owner = "owner";
}
