using Ingestion.Grains.Silos.Shedding;
using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Grains.Status;

/// <summary>What the activation is to a silo that runs out of memory. Other threads read this.</summary>
internal sealed partial class StatusGrain
{
    // Measured: docs/measuring.md.
    private const int EmptyBytes = 3400;
    private const int EventBytes = 480;

    /// <summary>
    /// For so long after an upload has begun its end is expected. Beyond that the client has paused. The journals that stay for this are no more than the uploads
    /// that were let in, and an upload takes more memory than a journal.
    /// </summary>
    internal static readonly TimeSpan Awaited = TimeSpan.FromMinutes(2);

    private long _awaitedUntil;

    /// <summary>
    /// It would be back at once: an event is being published or expected, or sockets are being found. Or a webhook waits for a part of the journal, which the
    /// next activation would hand over only when the webhook index is swept.
    /// </summary>
    bool IPinned.IsPinned => _publishing > 0 || !_finding.IsCompleted || !_findingTargets.IsCompleted || _handover is { IsPending: true }
        || _time.GetUtcNow().UtcTicks < Volatile.Read(ref _awaitedUntil);

    long ISized.EstimatedBytes => EmptyBytes + ((long)EventBytes * _journal.HeldItems);

    private void Await(StatusEvent e)
    {
        if (e.Status is VideoStatus.Receiving)
            Volatile.Write(ref _awaitedUntil, (_time.GetUtcNow() + Awaited).UtcTicks);
    }
}
