using Ingestion.Silos;

namespace Ingestion.Grains.Silos;

/// <inheritdoc cref="IMemoryPressure"/>
internal sealed class MemoryPressure : IMemoryPressure
{
    private volatile MemoryLevel _level;
    private long _budget = long.MaxValue;

    public event Action<MemoryLevel>? Changed;

    public MemoryLevel Level => _level;

    public long BudgetBytes
    {
        get => Volatile.Read(ref _budget);
        set => Volatile.Write(ref _budget, value);
    }

    /// <summary>The governor has decided.</summary>
    public void Set(MemoryLevel level)
    {
        _level = level;
        Changed?.Invoke(level);
    }
}
