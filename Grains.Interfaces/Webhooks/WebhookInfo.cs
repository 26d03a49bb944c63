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
/// <param name="Url">Where to.</param>
/// <param name="Events">Types of events; none: all.</param>
/// <param name="When">Which of these.</param>
[GenerateSerializer, Immutable, Alias("ingestion.new-webhook")]
public sealed record NewWebhook([property: Id(0)] string Url, [property: Id(1)] IReadOnlyList<string> Events, [property: Id(2)] WebhookWhen When)
{
    /// <summary>The <c>jti</c> of the token that it was added with; null when that had none.</summary>
    [Id(3)]
    public string? MadeBy { get; init; }
}

/// <summary>A webhook as its owner sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where to.</param>
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
}
