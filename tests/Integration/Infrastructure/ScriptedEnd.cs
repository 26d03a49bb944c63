using Ingestion.Silos.Recycling;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>Takes note of the silo's wish to end: in one process no silo has a supervisor.</summary>
internal sealed class ScriptedEnd : ISiloEnd
{
    private int _begun;

    public bool HasBegun => Volatile.Read(ref _begun) > 0;

    public TimeSpan Longest => TimeSpan.FromSeconds(40);

    public bool Begin() => Interlocked.Increment(ref _begun) == 1;
}
