namespace Ingestion;

/// <summary>
/// Grain state can't be read or written: the database is unavailable or refuses, or the disk fails. Nothing of the request counts that was not
/// acknowledged. A conflict of two writers is no such fault, and no full disk (<see cref="DiskFull"/>).
/// </summary>
/// <remarks>
/// A type of ours, so that it reaches callers in other silos whatever the database's own exceptions hold. For the same reason it has no inner one:
/// the storage logs that in the silo where it happened.
/// </remarks>
[GenerateSerializer, Alias("ingestion.state-unavailable")]
public sealed class StateUnavailableException : Exception
{
    /// <summary>With the message of what failed.</summary>
    public StateUnavailableException(string message)
        : base(message)
    {
    }
}
