using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Grains.Videos;

/// <summary>What is stored of a video. Immutable: a rule makes the next one, the grain stores it and then publishes its outbox.</summary>
public sealed record VideoState
{
    /// <summary>The video as its owner sees it; null when there is none.</summary>
    public VideoRecord? Record { get; init; }

    /// <summary>Events that the owner's status grain has not acknowledged yet, in order.</summary>
    public IReadOnlyList<StatusEvent> Outbox { get; init; } = [];

    /// <summary>Whether the job still has to be sent.</summary>
    public bool JobPending { get; init; }

    /// <summary>Place in the owner's library; 0 until it is listed.</summary>
    public long LibraryPosition { get; init; }

    /// <summary>Place in the list of its external id; 0 where it has none.</summary>
    public long ExternalPosition { get; init; }

    /// <summary>Lists of external ids that the video is to be taken off.</summary>
    public IReadOnlyList<ListedAs> Unlisted { get; init; } = [];

    /// <summary>Rises with each claim; reports of an older one are refused.</summary>
    public long ClaimEpoch { get; init; }

    /// <summary>The epoch before the first claim since the video was last queued for processing: attempts count from it.</summary>
    public long AttemptsFrom { get; init; }

    /// <summary>Who holds the claim, for logs; null when none does.</summary>
    public string? ClaimedBy { get; init; }

    /// <summary>When the claim lapses.</summary>
    public DateTimeOffset ClaimUntil { get; init; }

    /// <summary>The owner has removed it; what is left is to be cleaned up.</summary>
    public bool Deleting { get; init; }

    /// <summary>Oldest first; expired shares stay until the next change of the shares.</summary>
    public IReadOnlyList<VideoShare> Shares { get; init; } = [];

    /// <summary>When the id was closed: there is no record and none is ever created. Null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Of a closed id: there was a video, whose owner removed it, so that whatever is stored under this id is to go.</summary>
    public bool Removed { get; init; }

    /// <summary>The record, unless there is none or it is being removed.</summary>
    internal VideoRecord? Visible => Deleting ? null : Record;
}

/// <summary>A place in the list of an external id.</summary>
/// <param name="ExternalId">The id.</param>
/// <param name="Position">The place.</param>
public sealed record ListedAs(string ExternalId, long Position);
