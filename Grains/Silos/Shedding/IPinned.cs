namespace Ingestion.Grains.Silos.Shedding;

/// <summary>
/// A grain whose activation must stay at times although no call comes: it holds what is nowhere else, or has work to do. Orleans does not show its
/// <c>DelayDeactivation</c>, so a grain that delays its deactivation implements this, or is <see cref="ReclaimableAttribute.Never"/> deactivated.
/// </summary>
internal interface IPinned
{
    /// <summary>
    /// Whether it must stay now. Read by another thread just after it was seen that no call of the activation executes or waits: it may read fields, and
    /// must neither block, throw nor change anything.
    /// </summary>
    bool IsPinned { get; }
}
