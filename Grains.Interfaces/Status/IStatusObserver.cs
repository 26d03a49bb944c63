using Orleans.Concurrency;

namespace Ingestion.Status;

/// <summary>A socket or another listener, as its user's grain sees it.</summary>
[Alias("ingestion.status-observer"), GrainInterfaceType("ingestion.status-observer")]
public interface IStatusObserver : IGrainObserver
{
    /// <summary>New journal entries, in order, each exactly as it is stored. May come twice after a failure: drop offsets already seen.</summary>
    [Alias("on-entries"), OneWay]
    Task OnEntriesAsync(string epoch, IReadOnlyList<JournalEntry> entries);

    /// <summary>Progress; may be lost, may be superseded.</summary>
    [Alias("on-progress"), OneWay]
    Task OnProgressAsync(StatusEvent progress);
}
