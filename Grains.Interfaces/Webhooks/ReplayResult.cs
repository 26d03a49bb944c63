namespace Ingestion.Webhooks;

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
/// <param name="DeadLetters">Given-up events that are retried.</param>
[GenerateSerializer, Immutable, Alias("ingestion.replay-result")]
public sealed record ReplayResult([property: Id(0)] ReplayOutcome Outcome, [property: Id(1)] int DeadLetters);
