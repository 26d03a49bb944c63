namespace Ingestion.Grains.Silos.Shedding;

/// <summary>A grain whose activations differ much in size.</summary>
internal interface ISized
{
    /// <summary>
    /// What the activation takes about now. Read by another thread when the activation has become idle: it may read fields, and must neither block, throw
    /// nor change anything.
    /// </summary>
    long EstimatedBytes { get; }
}
