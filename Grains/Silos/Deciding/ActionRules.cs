using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>
/// What the governor does next: pure. Of the actions that can help with the cause the cheapest one that promises enough, is not set aside and is within
/// its limits. Then nothing else until it is judged by what RSS really fell.
/// </summary>
internal sealed class ActionRules
{
    /// <summary>After this long an action is judged: the system has taken back what it gets by then.</summary>
    public static readonly TimeSpan JudgeAfter = TimeSpan.FromSeconds(1);

    /// <summary>A share of grains that come back soon beyond which no more are deactivated: they were in use.</summary>
    public const double MostRegret = 0.1;

    /// <summary>Less is not worth a pause, or the return of a grain.</summary>
    public const long LeastYield = 8L * 1024 * 1024;

    // Without a pause, but not for free: all objects are marked.
    private static readonly TimeSpan _backgroundApart = TimeSpan.FromSeconds(30);

    // It holds the locks of the allocator for some tens of milliseconds.
    private static readonly TimeSpan _trimsApart = TimeSpan.FromSeconds(10);

    // What was deactivated and not collected by then, the runtime has collected by itself.
    private static readonly TimeSpan _shedLasts = TimeSpan.FromMinutes(1);

    private static readonly MemoryAction[] _garbageFirst = [MemoryAction.Collect, MemoryAction.TrimNative, MemoryAction.ShedIdleGrains];
    private static readonly MemoryAction[] _nativeFirst = [MemoryAction.TrimNative, MemoryAction.Collect, MemoryAction.ShedIdleGrains];
    private static readonly MemoryAction[] _grainsFirst = [MemoryAction.ShedIdleGrains, MemoryAction.Collect, MemoryAction.TrimNative];
    private static readonly MemoryAction[] _background = [MemoryAction.CollectInBackground];

    private readonly SetAside _aside = new();
    private readonly List<Pending> _pending = [];
    private TimeSpan? _backgroundAt;
    private TimeSpan? _trimmedAt;
    private Pending? _shed;
    private long _floorBytes;

    /// <summary>Collections of all kinds count against it.</summary>
    public PauseBudget Pauses { get; } = new();

    /// <summary>The next action; null when none is to be taken now.</summary>
    public ActionPlan? Next(TimeSpan now, in ActionNeed need, in MemoryReading reading)
    {
        // A level outlasts its reason by its dwell; what has been freed needs no further action.
        if ((need.Level == MemoryLevel.Green && !need.Recovers) || need.NeededBytes <= 0 || now - reading.At > PressureRules.Stale || IsBusy(now))
            return null;
        foreach (var action in Order(need))
        {
            var predicted = Predict(action, need, reading);
            if (predicted >= LeastYield && IsAllowed(now, action, need.Cause, reading))
                return new ActionPlan(action, predicted);
        }

        return null;
    }

    /// <summary>A full collection has left so much alive.</summary>
    public void Collected(long liveBytes) => _floorBytes = liveBytes;

    /// <summary>An action was taken.</summary>
    /// <param name="now">When it had ended.</param>
    /// <param name="number">Names it when it is judged.</param>
    /// <param name="cause">What it was chosen for.</param>
    /// <param name="plan">With what it is now expected to free.</param>
    /// <param name="residentBytes">RSS before it.</param>
    /// <param name="pause">For how long the silo stood still.</param>
    public void Taken(TimeSpan now, long number, MemoryCause cause, in ActionPlan plan, long residentBytes, TimeSpan pause)
    {
        var taken = new Pending(now, number, cause, plan, residentBytes);
        switch (plan.Action)
        {
            case MemoryAction.ShedIdleGrains when plan.PredictedBytes > 0:
                // RSS falls with the collection that follows; it is judged with that.
                _shed = taken;
                return;
            case MemoryAction.CollectInBackground:
                _backgroundAt = now;
                break;
            case MemoryAction.TrimNative:
                _trimmedAt = now;
                break;
            case MemoryAction.Collect:
                Pauses.Spend(now, pause);
                break;
        }

        _pending.Add(taken);
    }

    /// <summary>The yield of an action that is due to be judged by this reading; null when none is.</summary>
    /// <param name="reading">A fresh one.</param>
    /// <param name="early">Of those that are not due yet, too: another action begins.</param>
    public ActionYield? Judge(in MemoryReading reading, bool early = false)
    {
        for (var i = 0; i < _pending.Count; i++)
        {
            var taken = _pending[i];
            if (!early && reading.At - taken.At < JudgeAfter)
                continue;
            _pending.RemoveAt(i);
            return Judge(taken, reading);
        }

        return null;
    }

    private static MemoryAction[] Order(in ActionNeed need) => (need.Level, need.Cause) switch
    {
        (MemoryLevel.Elevated, _) when !need.Recovers => _background,
        (_, MemoryCause.Garbage or MemoryCause.Buffers) => _garbageFirst,
        (_, MemoryCause.Native) => _nativeFirst,
        _ => _grainsFirst,
    };

    private ActionYield Judge(Pending taken, in MemoryReading reading)
    {
        var freed = taken.ResidentBytes - reading.Process.ResidentBytes;
        if (taken.Plan.Action == MemoryAction.Collect && _shed is { } shed)
        {
            // One fall of RSS for two actions: to each its share of what both promised. The grains are what it was done for, so they answer for it.
            _shed = null;
            var ofGrains = (long)((double)freed * shed.Plan.PredictedBytes / taken.Plan.PredictedBytes);
            _aside.Note(reading.At, shed.Cause, MemoryAction.ShedIdleGrains, shed.Plan.PredictedBytes, ofGrains);
            _pending.Add(shed with { JudgedBytes = ofGrains });
            return new ActionYield(taken.Number, freed - ofGrains);
        }

        if (taken.JudgedBytes is { } judged)
            return new ActionYield(taken.Number, judged);
        if (taken.Plan.Action != MemoryAction.ShrinkBuffers)
            _aside.Note(reading.At, taken.Cause, taken.Plan.Action, Math.Max(taken.Plan.PredictedBytes, LeastYield), freed);
        return new ActionYield(taken.Number, freed);
    }

    /// <summary>Buffers that drain hold nothing up; deactivation takes a moment before a collection finds what it left.</summary>
    private bool IsBusy(TimeSpan now)
    {
        if (_shed is { } shed && now - shed.At > _shedLasts)
        {
            // No collection was possible: it is judged by what RSS did without one.
            _pending.Add(shed);
            _shed = null;
        }

        foreach (var taken in _pending)
        {
            if (taken.Plan.Action != MemoryAction.ShrinkBuffers)
                return true;
        }

        return now - _shed?.At < JudgeAfter;
    }

    private long Predict(MemoryAction action, in ActionNeed need, in MemoryReading reading) => action switch
    {
        // What became garbage in the oldest generation passes for live until all of it is looked at: after a storm that is most of what is held.
        MemoryAction.Collect when need.Recovers => Math.Max(reading.GarbageBytes, reading.Heap.HeldBytes - _floorBytes),
        MemoryAction.Collect => reading.GarbageBytes + (_shed?.Plan.PredictedBytes ?? 0),
        // It compacts little and gives back late.
        MemoryAction.CollectInBackground => reading.GarbageBytes / 2,
        // How much of it is free only the allocator knows.
        MemoryAction.TrimNative => (reading.NativeBytes - CauseRules.NativeBase) / 2,
        MemoryAction.ShedIdleGrains => Math.Min(Math.Max(need.NeededBytes, LeastYield), reading.Load.Grains.IdleBytes),
        _ => 0,
    };

    private bool IsAllowed(TimeSpan now, MemoryAction action, MemoryCause cause, in MemoryReading reading)
    {
        var follows = action == MemoryAction.Collect && _shed is not null;
        if (!follows && _aside.Has(now, cause, action))
            return false;
        return action switch
        {
            MemoryAction.Collect => Pauses.Allows(now),
            MemoryAction.CollectInBackground => !(now - _backgroundAt < _backgroundApart),
            MemoryAction.TrimNative => !(now - _trimmedAt < _trimsApart),
            MemoryAction.ShedIdleGrains => _shed is null && reading.Load.Grains.Regret <= MostRegret,
            _ => false,
        };
    }

    /// <summary>An action that is not judged yet, or whose judgement is not reported yet.</summary>
    private readonly record struct Pending(
        TimeSpan At, long Number, MemoryCause Cause, ActionPlan Plan, long ResidentBytes, long? JudgedBytes = null);
}
