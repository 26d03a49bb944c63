namespace Ingestion.Grains.Check;

/// <summary>Of the webhooks of one key as they are stored, what says where events go. Secrets are not read.</summary>
public sealed record StoredReceivers
{
    /// <summary>The type of the grains that keep webhooks.</summary>
    public const string GrainType = "webhook";

    /// <summary>The name of the state that lists them.</summary>
    public const string State = "webhooks";

    /// <summary>Those in the list.</summary>
    public IReadOnlyList<StoredReceiver> Webhooks { get; init; } = [];

    /// <summary>Where events are sent now.</summary>
    public IEnumerable<string> Urls => Webhooks.Where(webhook => webhook.DisabledAt is null).Select(webhook => webhook.Wish.Url);
}

/// <summary>A webhook.</summary>
/// <param name="Wish">What its owner wants.</param>
/// <param name="DisabledAt">Since when nothing is sent; null: it is.</param>
public sealed record StoredReceiver(StoredWish Wish, DateTimeOffset? DisabledAt);

/// <summary>What the owner of a webhook wants.</summary>
/// <param name="Url">Where to.</param>
public sealed record StoredWish(string Url);
