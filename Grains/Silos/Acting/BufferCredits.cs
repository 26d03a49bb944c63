using Ingestion.Silos;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Grains.Silos.Acting;

/// <summary>
/// What the buffers of uploads may take at each level: a part of what the operator gave them. Nothing is taken away from a part under way, and one part of
/// the object store always fits; what does not fit waits in its socket or in a file. From level 3 on an upload has one part on its way at a time.
/// </summary>
internal sealed class BufferCredits
{
    // By level: all, a half, a quarter, an eighth.
    private static readonly int[] _halvings = [0, 1, 2, 3, 3];

    // Null in a silo that takes no uploads.
    private readonly IBufferBudget? _budget;
    private readonly Lock _gate = new();
    private readonly int _partsInFlight;
    private long? _base;
    private MemoryLevel _level;

    public BufferCredits(IServiceProvider services)
    {
        _budget = services.GetService<IBufferBudget>();
        _partsInFlight = _budget?.PartsInFlight ?? 1;
    }

    /// <summary>The buffers as they are now.</summary>
    public BufferSample Read() =>
        _budget is { } b ? new BufferSample(b.LimitBytes, b.UsedBytes, b.StagedBytes, b.Waiting, Base(b)) : default;

    /// <summary>What they may take without pressure is set by an operator.</summary>
    public void SetBase(long bytes)
    {
        lock (_gate)
        {
            _base = bytes;
            Apply();
        }
    }

    /// <summary>The level has changed.</summary>
    /// <returns>What buffers hold above their new limit; null when the limit was not lowered.</returns>
    public long? Follow(MemoryLevel level)
    {
        if (_budget is null)
            return null;
        lock (_gate)
        {
            var before = _budget.LimitBytes;
            _level = level;
            Apply();
            return _budget.LimitBytes < before ? Math.Max(0, _budget.UsedBytes - _budget.LimitBytes) : null;
        }
    }

    private void Apply()
    {
        if (_budget is null)
            return;
        var whole = Base(_budget);
        _base = whole;
        _budget.PartsInFlight = _level >= MemoryLevel.Critical ? 1 : _partsInFlight;
        _budget.LimitBytes = Math.Max(Math.Min(_budget.LeastLimitBytes, whole), whole >> _halvings[(int)_level]);
    }

    /// <summary>As configured, until the governor or an operator has touched it.</summary>
    private long Base(IBufferBudget budget) => _base ?? budget.LimitBytes;
}
