using Ingestion.Silos;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Grains.Silos.Acting;

/// <summary>
/// What the buffers of uploads may take at each level: a part of what the operator gave them, and of what the silo may use. Nothing is taken away from a part
/// under way, and one part of the object store always fits; what does not fit waits in its socket or in a file. From level 3 on an upload has one part on
/// its way at a time.
/// </summary>
internal sealed class BufferCredits
{
    // By level: all, a half, a quarter, an eighth.
    private static readonly int[] _halvings = [0, 1, 2, 3, 3];

    // Of what the silo may use: 96 of 512 MiB, which is the setting as it comes.
    private const double Share = 3.0 / 16;

    // Null in a silo that takes no uploads.
    private readonly IBufferBudget? _budget;
    private readonly Lock _gate = new();
    private readonly int _partsInFlight;
    private long? _configured;
    private long? _set;
    private long _share = long.MaxValue;
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
            _set = bytes;
            Apply();
        }
    }

    /// <summary>What the silo may use is known. Called often, and rarely with something new.</summary>
    public void Fit(long budgetBytes)
    {
        var share = (long)(budgetBytes * Share);
        if (_budget is null || share == _share)
            return;
        lock (_gate)
        {
            _share = share;
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
        _budget.PartsInFlight = _level >= MemoryLevel.Critical ? 1 : _partsInFlight;
        _budget.LimitBytes = Math.Max(Math.Min(_budget.LeastLimitBytes, whole), whole >> _halvings[(int)_level]);
    }

    /// <summary>As an operator has set it since the start; else as configured, and no more than its share.</summary>
    private long Base(IBufferBudget budget) =>
        _set ?? Math.Min(_configured ??= budget.LimitBytes, Math.Max(budget.LeastLimitBytes, _share));
}
