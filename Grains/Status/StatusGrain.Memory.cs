using Ingestion.Grains.Silos.Shedding;

namespace Ingestion.Grains.Status;

/// <summary>What the activation is to a silo that runs out of memory. Other threads read this.</summary>
internal sealed partial class StatusGrain
{
    // Measured: docs/measuring.md.
    private const int EmptyBytes = 3400;
    private const int EventBytes = 480;

    /// <summary>
    /// It would be back at once: an event is being published, or sockets are being found. Or a webhook waits for a part of the journal, which the next
    /// activation would hand over only when the webhook index is swept.
    /// </summary>
    bool IPinned.IsPinned => _publishing > 0 || !_finding.IsCompleted || !_findingTargets.IsCompleted || _handover is { IsPending: true };

    long ISized.EstimatedBytes => EmptyBytes + ((long)EventBytes * _journal.HeldItems);
}
