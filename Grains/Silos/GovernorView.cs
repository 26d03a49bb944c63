using Ingestion.Grains.Silos.Acting;
using Ingestion.Grains.Silos.Deciding;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Silos;

/// <summary>What the governor saw and decided last, for metrics and operators. Written four times a second without allocating anything.</summary>
internal sealed class GovernorView
{
    private readonly Lock _gate = new();
    private readonly BufferCredits _buffers;
    private readonly ActionLog _actions;
    private GovernorSight _last;

    public GovernorView(IMemorySense sense, BufferCredits buffers, ActionLog actions, IOptions<MemoryOptions> options, TimeProvider time)
    {
        (_buffers, _actions) = (buffers, actions);
        var reading = sense.Read();
        var budget = BudgetRules.Budget(options.Value.BudgetBytes, reading.LimitBytes, reading.Tools.ReserveBytes);
        _last = new GovernorSight(time.GetUtcNow(), reading, budget, MemoryLevel.Green, MemoryCause.None, BytesPerSecond: 0, Share: 0);
    }

    /// <summary>The newest.</summary>
    public GovernorSight Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    public void Show(in GovernorSight sight)
    {
        lock (_gate)
            _last = sight;
    }

    /// <summary>The newest, as it is sent to other silos.</summary>
    public MemorySample ToSample()
    {
        var last = Last;
        var (reading, grains) = (last.Reading, last.Reading.Load.Grains);
        var ledger = new MemoryLedger(
            reading.Process.AnonymousBytes, reading.Process.FileBytes, reading.NativeBytes, reading.Heap.LiveBytes, reading.Heap.FragmentedBytes,
            reading.Tools.Running, reading.Tools.ResidentBytes, reading.Cgroup.WorkingSetBytes, reading.Load.QueuedBytes,
            grains.Activations, grains.Idle, grains.EstimatedBytes, grains.IdleBytes);
        return new MemorySample(
            reading.Process.ResidentBytes, last.BudgetBytes, reading.Heap.InUseBytes, reading.Heap.CommittedBytes, last.At, _buffers.Read(),
            reading.Load.Sockets, last.Level, last.Cause, reading.LimitBytes, (long)last.BytesPerSecond, ledger, _actions.Read(), grains.Regret);
    }
}

/// <summary>One look of the governor.</summary>
/// <param name="At">When.</param>
/// <param name="Reading">What it read.</param>
/// <param name="BudgetBytes">What the silo may use.</param>
/// <param name="Level">What it made of it.</param>
/// <param name="Cause">What takes most.</param>
/// <param name="BytesPerSecond">By how much RSS rises.</param>
/// <param name="Share">How much is used of what may be: RSS or the tree, whichever is closer to its limit.</param>
internal readonly record struct GovernorSight(
    DateTimeOffset At, MemoryReading Reading, long BudgetBytes, MemoryLevel Level, MemoryCause Cause, double BytesPerSecond, double Share)
{
    /// <summary>Level 4 would be entered or kept by this look alone.</summary>
    public bool IsEmergency => Level >= MemoryLevel.Emergency && Share >= PressureRules.LeaveMark(MemoryLevel.Emergency);
}
