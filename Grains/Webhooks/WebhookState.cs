using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>A user's webhooks. Immutable: a rule makes the next one. What is under way for each is a record of its own (<see cref="DeliveryState"/>).</summary>
internal sealed record WebhookList
{
    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Webhook> Webhooks { get; init; } = [];

    /// <summary>Whether the user stands in the index.</summary>
    public bool Listed { get; init; }
}

/// <summary>One webhook.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Wish">What its owner wants.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="Start">The journal's end at that time: events after it are sent.</param>
/// <param name="Secret">Signs.</param>
internal sealed record Webhook(
    string Id,
    NewWebhook Wish,
    DateTimeOffset CreatedAt,
    Cursor Start,
    string Secret)
{
    /// <summary>Secrets that sign beside it for a while. Newest first.</summary>
    public IReadOnlyList<OldSecret> OldSecrets { get; init; } = [];

    /// <summary>When its receiver answered 410 or its owner disabled it; null while it is enabled.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Never with its secrets: what is printed ends in logs.</summary>
    public override string ToString() => Id;
}

/// <summary>A secret that was replaced.</summary>
/// <param name="Secret">The secret.</param>
/// <param name="Until">When it stops signing.</param>
internal sealed record OldSecret(string Secret, DateTimeOffset Until)
{
    /// <summary>Never the secret itself: what is printed ends in logs.</summary>
    public override string ToString() => nameof(OldSecret);
}

/// <summary>What is under way for one webhook. Immutable, and bounded however long a receiver is away.</summary>
internal sealed record DeliveryState
{
    /// <summary>Up to where the journal was taken in; null: up to the webhook's start.</summary>
    public Cursor? Cursor { get; init; }

    /// <summary>In the order of the journal; those of a replay behind those that waited already.</summary>
    public IReadOnlyList<PendingDelivery> Pending { get; init; } = [];

    /// <summary>Given up, oldest first.</summary>
    public IReadOnlyList<PendingDelivery> DeadLetters { get; init; } = [];

    /// <summary>The last attempts, oldest first.</summary>
    public IReadOnlyList<DeliveryAttempt> Log { get; init; } = [];
}

/// <summary>An event that waits. It is kept whole, as the journal may forget it before the last attempt.</summary>
/// <param name="Cursor">Its place in the journal.</param>
/// <param name="Event">The event.</param>
/// <param name="Attempts">How often it was sent in vain.</param>
/// <param name="Due">Not before then.</param>
internal sealed record PendingDelivery(
    Cursor Cursor,
    StatusEvent Event,
    int Attempts,
    DateTimeOffset Due);
