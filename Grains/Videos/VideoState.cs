using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Grains.Videos;

/// <summary>What is stored of a video. Immutable: a rule makes the next one, the grain stores it and then publishes its outbox.</summary>
[GenerateSerializer, Immutable, Alias("ingestion.video-state")]
public sealed record VideoState
{
    /// <summary>The video as its owner sees it; null when there is none.</summary>
    [Id(0)]
    public VideoRecord? Record { get; init; }

    /// <summary>Events that the owner's status grain has not acknowledged yet, in order.</summary>
    [Id(1)]
    public IReadOnlyList<StatusEvent> Outbox { get; init; } = [];

    /// <summary>Whether the job still has to be sent.</summary>
    [Id(2)]
    public bool JobPending { get; init; }

    /// <summary>Place in the owner's library; 0 until it is listed.</summary>
    [Id(3)]
    public long LibraryPosition { get; init; }

    /// <summary>Rises with each claim; reports of an older one are refused.</summary>
    [Id(4)]
    public long ClaimEpoch { get; init; }

    /// <summary>Who holds the claim, for logs; null when none does.</summary>
    [Id(5)]
    public string? ClaimedBy { get; init; }

    /// <summary>When the claim lapses.</summary>
    [Id(6)]
    public DateTimeOffset ClaimUntil { get; init; }

    /// <summary>The owner has removed it; what is left is to be cleaned up.</summary>
    [Id(7)]
    public bool Deleting { get; init; }

    /// <summary>The record, unless there is none or it is being removed.</summary>
    internal VideoRecord? Visible => Deleting ? null : Record;
}
