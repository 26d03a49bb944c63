using Ingestion.Grains.Silos.Shedding;
using Ingestion.Uploads;

namespace Ingestion.Grains.Uploads;

/// <summary>What the activation is to a silo that runs out of memory. Other threads read this.</summary>
internal sealed partial class UploadGrain
{
    // Measured: docs/measuring.md.
    private const int EmptyBytes = 2800;
    private const int PartBytes = 150;

    /// <summary>
    /// Something writes, the manifest of a form is nowhere else, a first event waits for company, or there is work to do that the next activation would
    /// only begin again.
    /// </summary>
    bool IPinned.IsPinned => _writing || _publishing is not null || _givenUp is not null || NeedsActivation(_stored.InMemory);

    long ISized.EstimatedBytes => EmptyBytes + (_stored.InMemory is { } m ? (PartBytes * m.Parts.Count) + m.Head.Length : 0);

    private static bool NeedsActivation(UploadManifest? manifest) => manifest is { } m
        && ((!m.IsStored && m.State is not UploadState.None) || m.IsJoining || HasPendingWorkIn(m));
}
