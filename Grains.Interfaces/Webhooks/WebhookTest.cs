namespace Ingestion.Webhooks;

/// <summary>What a receiver answered to a test.</summary>
/// <param name="EventId">The event that was sent; empty when none was, as the test before is still under way.</param>
/// <param name="Status">Of its answer; null when there was none.</param>
/// <param name="Error">Why there was none, as a stable code.</param>
/// <param name="Duration">How long it took.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-test")]
public sealed record WebhookTest(
    [property: Id(0)] string EventId, [property: Id(1)] int? Status, [property: Id(2)] string? Error, [property: Id(3)] TimeSpan Duration);

/// <summary>What came of a retry.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Events">How many events would have waited longer.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-retry")]
public sealed record WebhookRetry([property: Id(0)] ReplayOutcome Outcome, [property: Id(1)] int Events = 0);
