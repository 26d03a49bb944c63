namespace Ingestion.Silos.Recycling;

/// <summary>Requests that this silo has taken since it started, without probes and scrapes. One for the silo; the edge counts.</summary>
public sealed class RequestCount
{
    private long _taken;

    /// <summary>How many.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>One more.</summary>
    public void Add() => Interlocked.Increment(ref _taken);
}
