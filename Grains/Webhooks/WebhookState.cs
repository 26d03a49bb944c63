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

    /// <summary>What is to be published in the owner's journal.</summary>
    public IReadOnlyList<StatusEvent> Notices { get; init; } = [];
}

/// <summary>One webhook.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Wish">What its owner wants.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="Start">The journal's end at that time: events after it are sent.</param>
/// <param name="Secret">Signs; sealed, see <see cref="IWebhookSealer"/>. In clear in states from before there was a seal.</param>
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

    /// <summary>Why: <see cref="WebhookNotice.Owner"/>, <see cref="WebhookNotice.Gone"/> or <see cref="WebhookNotice.Failing"/>.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>When the owner was last notified of a dead letter.</summary>
    public DateTimeOffset? DeadNoticeAt { get; init; }

    /// <summary>Never with its secrets: what is printed ends in logs.</summary>
    public override string ToString() => Id;
}

/// <summary>A secret that was replaced.</summary>
/// <param name="Secret">The secret, sealed likewise.</param>
/// <param name="Until">When it stops signing.</param>
internal sealed record OldSecret(string Secret, DateTimeOffset Until)
{
    /// <summary>Never the secret itself: what is printed ends in logs.</summary>
    public override string ToString() => nameof(OldSecret);
}

