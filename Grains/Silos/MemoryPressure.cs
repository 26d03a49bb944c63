using Ingestion.Silos;

namespace Ingestion.Grains.Silos;

/// <inheritdoc cref="IMemoryPressure"/>
internal sealed class MemoryPressure : IMemoryPressure
{
    private volatile MemoryLevel _level;

    public event Action<MemoryLevel>? Changed;

    public MemoryLevel Level => _level;

    /// <summary>The governor has decided.</summary>
    public void Set(MemoryLevel level)
    {
        _level = level;
        Changed?.Invoke(level);
    }
}
