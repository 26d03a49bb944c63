using Ingestion.Silos.Evidence;

namespace Ingestion.Grains.Silos.Evidence;

/// <summary>Lists what is alive in the managed heap of this process. Replaceable: a survey stops the process for a collection.</summary>
internal interface IHeapSurveyor
{
    /// <summary>All types, in no order; null when the runtime gives no evidence.</summary>
    /// <param name="bufferBytes">What the events of a survey may take; objects beyond that are missing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<HeapCount?> CountAsync(long bufferBytes, CancellationToken cancellationToken);
}

/// <summary>What was alive.</summary>
/// <param name="Types">Each type with its objects.</param>
/// <param name="IsPartial">Whether objects are missing.</param>
internal sealed record HeapCount(IReadOnlyCollection<HeapType> Types, bool IsPartial);
