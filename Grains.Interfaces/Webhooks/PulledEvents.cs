namespace Ingestion.Webhooks;

/// <summary>How a read of events went.</summary>
public enum PullOutcome : byte
{
    /// <summary>Fine.</summary>
    Ok = 0,

    /// <summary>There is no such webhook.</summary>
    NotFound = 1,

    /// <summary>Its events are sent, not read.</summary>
    NotPulled = 2,

    /// <summary>It is disabled.</summary>
    Disabled = 3,

    /// <summary>The place is not one of this webhook. Nothing was acknowledged.</summary>
    PlaceUnknown = 4,
}

/// <summary>Events of a webhook that is pulled.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Events">Oldest first, each as <see cref="DeliveryJson"/> writes it.</param>
/// <param name="End">The place behind them.</param>
/// <param name="HasMore">Whether more wait behind it.</param>
[GenerateSerializer, Immutable, Alias("ingestion.pulled-events")]
public sealed record PulledEvents(
    [property: Id(0)] PullOutcome Outcome,
    [property: Id(1)] IReadOnlyList<byte[]> Events,
    [property: Id(2)] WebhookPlace End,
    [property: Id(3)] bool HasMore)
{
    /// <summary>Nothing was read.</summary>
    public static PulledEvents Refused(PullOutcome outcome) => new(outcome, [], default, HasMore: false);
}
