using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>A user's webhooks. Immutable: a rule makes the next one. What is under way for each is a record of its own (<see cref="DeliveryState"/>).</summary>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-list")]
internal sealed record WebhookList
{
    /// <summary>Oldest first.</summary>
    [Id(0)]
    public IReadOnlyList<Webhook> Webhooks { get; init; } = [];

    /// <summary>Whether the user stands in the index.</summary>
    [Id(1)]
    public bool Listed { get; init; }
}

/// <summary>One webhook.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Wish">What its owner wants.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="Start">The journal's end at that time: events after it are sent.</param>
/// <param name="Secret">Signs.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook")]
internal sealed record Webhook(
    [property: Id(0)] string Id,
    [property: Id(1)] NewWebhook Wish,
    [property: Id(2)] DateTimeOffset CreatedAt,
    [property: Id(3)] Cursor Start,
    [property: Id(4)] string Secret)
{
    /// <summary>Secrets that sign beside it for a while. Newest first.</summary>
    [Id(5)]
    public IReadOnlyList<OldSecret> OldSecrets { get; init; } = [];

    /// <summary>When its receiver answered 410 or its owner disabled it; null while it is enabled.</summary>
    [Id(6)]
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Never with its secrets: what is printed ends in logs.</summary>
    public override string ToString() => Id;
}

/// <summary>A secret that was replaced.</summary>
/// <param name="Secret">The secret.</param>
/// <param name="Until">When it stops signing.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-old-secret")]
internal sealed record OldSecret([property: Id(0)] string Secret, [property: Id(1)] DateTimeOffset Until)
{
    /// <summary>Never the secret itself: what is printed ends in logs.</summary>
    public override string ToString() => nameof(OldSecret);
}

/// <summary>What is under way for one webhook. Immutable, and bounded however long a receiver is away.</summary>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-deliveries")]
internal sealed record DeliveryState
{
    /// <summary>Up to where the journal was taken in; null: up to the webhook's start.</summary>
    [Id(0)]
    public Cursor? Cursor { get; init; }

    /// <summary>In the order of the journal; those of a replay behind those that waited already.</summary>
    [Id(1)]
    public IReadOnlyList<PendingDelivery> Pending { get; init; } = [];

    /// <summary>Given up, oldest first.</summary>
    [Id(2)]
    public IReadOnlyList<PendingDelivery> DeadLetters { get; init; } = [];

    /// <summary>The last attempts, oldest first.</summary>
    [Id(3)]
    public IReadOnlyList<DeliveryAttempt> Log { get; init; } = [];
}

/// <summary>An event that waits. It is kept whole, as the journal may forget it before the last attempt.</summary>
/// <param name="Cursor">Its place in the journal.</param>
/// <param name="Event">The event.</param>
/// <param name="Attempts">How often it was sent in vain.</param>
/// <param name="Due">Not before then.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-pending")]
internal sealed record PendingDelivery(
    [property: Id(0)] Cursor Cursor,
    [property: Id(1)] StatusEvent Event,
    [property: Id(2)] int Attempts,
    [property: Id(3)] DateTimeOffset Due);
