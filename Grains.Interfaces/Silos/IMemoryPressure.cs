namespace Ingestion.Silos;

/// <summary>How close this silo is to its memory budget, for what takes new work. Reading it costs nothing.</summary>
public interface IMemoryPressure
{
    /// <summary>The level now. From <see cref="MemoryLevel.Critical"/> on new work is to be refused.</summary>
    MemoryLevel Level { get; }

    /// <summary>RSS that this silo may use, in bytes; <see cref="long.MaxValue"/> until that is known, and where nothing keeps it.</summary>
    long BudgetBytes { get; }

    /// <summary>Raised with the new level after each change, on the governor's thread: a handler returns at once.</summary>
    event Action<MemoryLevel>? Changed;
}
