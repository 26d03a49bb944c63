namespace Ingestion.Videos;

/// <summary>How a claim went.</summary>
public enum ClaimOutcome : byte
{
    /// <summary>The worker holds the video until its lease ends.</summary>
    Granted = 0,

    /// <summary>Another worker holds it, or its last event could not be published yet: deliver the job again later.</summary>
    Busy = 1,

    /// <summary>Nothing is left to do: the job can go.</summary>
    Done = 2,

    /// <summary>There is no such video. That proves nothing: its upload may be completing, its creator late, its record in another database.</summary>
    Unknown = 3,
}

/// <summary>Answer to a claim.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Epoch">The claim's epoch, to be given with each report; 0 unless granted.</param>
/// <param name="Record">The record as it is now; null when unknown.</param>
[GenerateSerializer, Immutable, Alias("ingestion.claim-result")]
public sealed record ClaimResult([property: Id(0)] ClaimOutcome Outcome, [property: Id(1)] long Epoch, [property: Id(2)] VideoRecord? Record)
{
    /// <summary>Which try this is, from 1; rises with each claim until the video is final. 0 of a silo that counted by epochs.</summary>
    [Id(3)]
    public long Attempt { get; init; }
}
