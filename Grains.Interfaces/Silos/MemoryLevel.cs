namespace Ingestion.Silos;

/// <summary>How close a silo is to its memory budget. Marks and actions: docs/operate/memory.md.</summary>
public enum MemoryLevel : byte
{
    /// <summary>Room for everything.</summary>
    Green,

    /// <summary>Buffers are smaller; no request is refused.</summary>
    Elevated,

    /// <summary>Memory is reclaimed.</summary>
    High,

    /// <summary>New work is to be refused.</summary>
    Critical,

    /// <summary>Above the budget.</summary>
    Emergency,
}
