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

/// <summary>A webhook to be added.</summary>
/// <param name="Url">Where to; empty where it is pulled.</param>
/// <param name="Events">Types of events; none: all.</param>
/// <param name="When">Which of these.</param>
[GenerateSerializer, Immutable, Alias("ingestion.new-webhook")]
public sealed record NewWebhook([property: Id(0)] string Url, [property: Id(1)] IReadOnlyList<string> Events, [property: Id(2)] WebhookWhen When)
{
    /// <summary>The <c>jti</c> of the token that it was added with; null when that had none.</summary>
    [Id(3)]
    public string? MadeBy { get; init; }

    /// <summary>What its owner calls it; null: nothing.</summary>
    [Id(4)]
    public string? Description { get; init; }

    /// <summary>Ids of videos: only their events are sent. Null or none: those of all.</summary>
    [Id(5)]
    public IReadOnlyList<string>? Videos { get; init; }

    /// <summary>Fields of its owner's in each request; null or none: nothing.</summary>
    [Id(6)]
    public IReadOnlyList<WebhookHeader>? Headers { get; init; }

    /// <summary>
    /// Whether events have the addresses that show a video without a token: the address was set by a token that may read. Not in webhooks of before 0.5.
    /// </summary>
    [Id(7)]
    public bool ShowsMedia { get; init; }

    /// <summary>Whether its owner reads the events (<see cref="IWebhookEventsGrain"/>), and nothing is sent. It never changes.</summary>
    [Id(8)]
    public bool IsPulled { get; init; }
}

/// <summary>A field of each request to a receiver.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">A secret: sealed where it is stored. Empty in a change: the field goes.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-header")]
public sealed record WebhookHeader([property: Id(0)] string Name, [property: Id(1)] string Value)
{
    /// <summary>Never with the value: what is printed ends in logs.</summary>
    public override string ToString() => Name;
}

/// <summary>What of a webhook is to be changed; its secret and its place in the journal stay. Null: as it is.</summary>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-change")]
public sealed record WebhookChange
{
    /// <summary>Where to; events that wait go there too.</summary>
    [Id(0)]
    public string? Url { get; init; }

    /// <summary>False: it stands still, and keeps what comes. True: it continues where it stood.</summary>
    [Id(1)]
    public bool? Enabled { get; init; }

    /// <summary>Types of events; none: all.</summary>
    [Id(2)]
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>What its owner calls it; empty: nothing.</summary>
    [Id(3)]
    public string? Description { get; init; }

    /// <summary>Ids of videos; none: all.</summary>
    [Id(4)]
    public IReadOnlyList<string>? Videos { get; init; }

    /// <summary>Fields that are added, replaced or, with an empty value, removed.</summary>
    [Id(5)]
    public IReadOnlyList<WebhookHeader>? Headers { get; init; }

    /// <summary>Whether all fields of before go first.</summary>
    [Id(6)]
    public bool DropsHeaders { get; init; }

    /// <summary>As of <see cref="NewWebhook.ShowsMedia"/>, for the new <see cref="Url"/>.</summary>
    [Id(7)]
    public bool ShowsMedia { get; init; }
}

/// <summary>What came of a change.</summary>
/// <param name="Webhook">As it is now; null: there is no such webhook, or nothing was changed.</param>
/// <param name="HasTooManyHeaders">Nothing was changed: there would be more fields than <see cref="MostHeaders"/>.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-changed")]
public sealed record WebhookChanged([property: Id(0)] WebhookInfo? Webhook, [property: Id(1)] bool HasTooManyHeaders = false)
{
    /// <summary>Fields of the owner's in each request.</summary>
    public const int MostHeaders = 8;
}

/// <summary>A webhook as its owner sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where to; empty where it is pulled.</param>
/// <param name="Events">Types of events; none: all.</param>
/// <param name="When">Which of these.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="DisabledAt">When its receiver answered 410 or its owner disabled it; null while it is enabled.</param>
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
    [property: Id(8)] int DeadLetters)
{
    /// <summary>Events that were lost, because the webhook was further behind than what is kept for it.</summary>
    [Id(9)]
    public long Missed { get; init; }

    /// <summary>Age of the oldest event that waits; zero when none does.</summary>
    [Id(10)]
    public TimeSpan Lag { get; init; }

    /// <summary>The <c>jti</c> of the token that it was added with; null when that had none.</summary>
    [Id(11)]
    public string? MadeBy { get; init; }

    /// <summary>What its owner calls it; null: nothing.</summary>
    [Id(12)]
    public string? Description { get; init; }

    /// <summary>Ids of the videos whose events are sent; null: of all.</summary>
    [Id(13)]
    public IReadOnlyList<string>? Videos { get; init; }

    /// <summary>Names of the owner's fields in each request; null: there are none.</summary>
    [Id(14)]
    public IReadOnlyList<string>? HeaderNames { get; init; }

    /// <summary>Since when there were failures only; null: the last attempt reached the receiver, or there was none.</summary>
    [Id(15)]
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Why it is disabled, see <see cref="WebhookNotice"/>; null while it is enabled, and of one that an older build has disabled.</summary>
    [Id(16)]
    public string? DisabledReason { get; init; }

    /// <summary>Whether its owner reads the events, and nothing is sent.</summary>
    [Id(17)]
    public bool IsPulled { get; init; }
}
