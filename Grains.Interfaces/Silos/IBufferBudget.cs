namespace Ingestion.Silos;

/// <summary>
/// The one budget of this silo for the buffers of uploads. What does not fit is held back in the sockets or staged in files; nothing fails.
/// </summary>
public interface IBufferBudget
{
    /// <summary>Bytes that buffers may take together. Lowered at run time, what is above it drains; nothing is taken away from a part under way.</summary>
    long LimitBytes { get; set; }

    /// <summary>Below this the limit is of no use: one part of the object store does not fit then, and each goes to a staging file.</summary>
    long LeastLimitBytes { get; }

    /// <summary>Parts of one upload that may be on their way to the object store at once, 1 or more. Those under way are not held up by a lower number.</summary>
    int PartsInFlight { get; set; }

    /// <summary>Bytes that buffers take now.</summary>
    long UsedBytes { get; }

    /// <summary>Bytes that wait in staging files now.</summary>
    long StagedBytes { get; }

    /// <summary>Parts that wait for room now.</summary>
    int Waiting { get; }
}
