using Ingestion.Grains.Silos.Acting;
using Ingestion.Grains.Silos.Deciding;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Silos;

/// <summary>
/// Keeps this silo within its memory budget: reads, decides the level and its cause, acts, and judges what came of it. The decisions are the rules' (pure);
/// this class only carries them out. Its clock is <see cref="GovernorLoop"/>; nothing else calls it.
/// </summary>
internal sealed partial class MemoryGovernor(
    IMemorySense sense,
    IMemoryActuator actuator,
    BufferCredits buffers,
    MemoryPressure pressure,
    LeakWatch leaks,
    ActionLog log,
    GovernorView view,
    MemoryMetrics metrics,
    IServiceProvider services,
    IOptions<MemoryOptions> options,
    TimeProvider time,
    ILogger<MemoryGovernor> logger)
{
    private readonly IIdleGrains? _grains = services.GetService<IIdleGrains>();
    private readonly PressureRules _levels = new();
    private readonly ActionRules _actions = new();
    private readonly ReclaimRules _quiet = new(options.Value.ReclaimAboveBytes);
    private readonly RecoveryRules _recovery = new();
    private readonly UseTrend _trend = new();
    private readonly FloorProbe _probe = new();
    private readonly bool _reclaims = options.Value.ReclaimAboveMebibytes > 0;
    private readonly bool _acts = options.Value.GovernorActs;
    private TimeSpan? _readAt;

    /// <summary>One look: a few files are read, and nothing is allocated unless something is done.</summary>
    public void Tick()
    {
        var reading = sense.Read();
        var now = Uptime.Now(time);
        // A signal that stands still is no news.
        if (reading.At <= _readAt || now - reading.At > PressureRules.Stale)
            return;
        _readAt = reading.At;
        leaks.Begin(reading.At);
        var budget = BudgetRules.Budget(options.Value.BudgetBytes, reading.LimitBytes, reading.Tools.ReserveBytes);
        if (_acts)
            Fit(budget);
        Judge(reading, early: false);

        var before = _levels.Level;
        var changed = _levels.Observe(now, _trend.Add(reading, budget));
        var level = _levels.Level;
        var cause = level == MemoryLevel.Green ? MemoryCause.None : CauseRules.Of(reading, _trend.IsTree, leaks.Managed.Verdict >= LeakVerdict.Watch);
        view.Show(new GovernorSight(time.GetUtcNow(), reading, budget, level, cause, _trend.BytesPerSecond, _trend.Closest.Share));
        if (changed)
            Enter(before, level, cause, reading, budget);
        if (_acts)
            Act(now, level, cause, reading);
    }

    /// <summary>What is set in bytes for a silo of the usual size is less in a small one.</summary>
    private void Fit(long budget)
    {
        pressure.BudgetBytes = budget;
        buffers.Fit(budget);
        _actions.Fit(budget);
        _recovery.Fit(budget);
    }

    private void Enter(MemoryLevel before, MemoryLevel level, MemoryCause cause, in MemoryReading reading, long budget)
    {
        LogLevelChanged(level > before && level >= MemoryLevel.High ? LogLevel.Warning : LogLevel.Information, before, level, cause,
            reading.Process.ResidentBytes / Mebibyte, budget / Mebibyte, reading.Tools.ResidentBytes / Mebibyte, _trend.BytesPerSecond / Mebibyte);
        if (!_acts)
            return;
        if (buffers.Follow(level) is { } excess)
            Note(Uptime.Now(time), level, cause, new ActionPlan(MemoryAction.ShrinkBuffers, excess), reading, TimeSpan.Zero);
        pressure.Set(level);
    }

    private void Act(TimeSpan now, MemoryLevel level, MemoryCause cause, in MemoryReading reading)
    {
        // Under real pressure it is the rules below that collect.
        var mayReclaim = _reclaims && level < MemoryLevel.High && _actions.Pauses.Allows(now);
        var recovers = _recovery.Observe(now, level, _trend.Closest.Share, _trend.BytesPerSecond);
        var need = new ActionNeed(level, cause, _trend.Closest.Above(recovers ? _recovery.Target : PressureRules.LeaveMark(level)), recovers);
        if (_quiet.Observe(now, reading.Process.ResidentBytes, reading.Heap.AllocatedBytes, mayReclaim))
            Reclaim(level, cause, reading);
        else if (_actions.Next(now, need, reading) is { } plan)
            Take(plan, level, cause, reading);
        else if (_probe.IsDue(now, reading, level < MemoryLevel.High && _actions.Pauses.Allows(now)))
            MeasureFloor(reading);
    }

    private void Take(ActionPlan plan, MemoryLevel level, MemoryCause cause, in MemoryReading reading)
    {
        // What came before is judged by itself.
        Judge(reading, early: true);
        var pause = TimeSpan.Zero;
        switch (plan.Action)
        {
            case MemoryAction.Collect:
                pause = Collect();
                break;
            case MemoryAction.CollectInBackground:
                actuator.CollectInBackground();
                break;
            case MemoryAction.TrimNative:
                actuator.TrimNative();
                break;
            case MemoryAction.ShedIdleGrains:
                plan = plan with { PredictedBytes = _grains?.Shed(plan.PredictedBytes).ExpectedBytes ?? 0 };
                break;
        }

        Note(Uptime.Now(time), level, cause, plan, reading, pause);
    }

    /// <summary>A rush is over: all that it left is given back, once.</summary>
    private void Reclaim(MemoryLevel level, MemoryCause cause, in MemoryReading reading)
    {
        var (began, before) = (Uptime.Now(time), reading.Process.ResidentBytes);
        var plan = new ActionPlan(MemoryAction.Collect, reading.GarbageBytes);
        var pause = Collect();
        actuator.TrimNative();
        var after = sense.Read();
        leaks.AddNative(after);
        var (freed, now) = (before - after.Process.ResidentBytes, Uptime.Now(time));
        _quiet.Reclaimed(now, freed, after.Heap.AllocatedBytes);
        metrics.Reclaimed(freed);
        var took = (now - began).TotalMilliseconds;
        LogReclaimed(before / Mebibyte, after.Process.ResidentBytes / Mebibyte, took);
        Note(now, level, cause, plan, reading, pause);
    }

    private TimeSpan Collect()
    {
        var pause = actuator.Collect();
        metrics.Paused(pause);
        var after = sense.Read();
        _actions.Collected(after.Heap.LiveBytes);
        leaks.AddManaged(after);
        _probe.Seen(Uptime.Now(time), after);
        return pause;
    }

    /// <summary>Shows what is left when all garbage is gone; gives little back, as that is not the purpose.</summary>
    private void MeasureFloor(in MemoryReading reading)
    {
        Judge(reading, early: true);
        var pause = actuator.CollectGarbage();
        metrics.Paused(pause);
        actuator.TrimNative();
        var (after, now) = (sense.Read(), Uptime.Now(time));
        _actions.Pauses.Spend(now, pause);
        _actions.Collected(after.Heap.LiveBytes);
        leaks.AddManaged(after);
        leaks.AddNative(after);
        _probe.Seen(now, after);
    }

    private void Note(TimeSpan now, MemoryLevel level, MemoryCause cause, in ActionPlan plan, in MemoryReading before, TimeSpan pause)
    {
        var number = log.Add(new MemoryActionTaken(time.GetUtcNow(), level, cause, plan.Action, plan.PredictedBytes, FreedBytes: null));
        _actions.Taken(now, number, cause, plan, before.Process.ResidentBytes, pause);
    }

    private void Judge(in MemoryReading reading, bool early)
    {
        while (_actions.Judge(reading, early) is { } yield)
        {
            if (log.Judge(yield.Number, yield.FreedBytes) is not { } action)
                continue;
            metrics.Acted(action.Action, action.PredictedBytes, yield.FreedBytes);
            LogAction(action.Action, action.Cause, action.Level, action.PredictedBytes / Mebibyte, yield.FreedBytes / Mebibyte);
        }
    }
}
