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

    /// <summary>For so long a collection waits for deactivations that have not begun: it would find nothing of them.</summary>
    public static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(5);

    /// <summary>A share of grains that come back soon beyond which no more are deactivated: they were in use.</summary>
    public const double MostRegret = 0.1;

    // Less is not worth a pause, or the return of a grain, in a silo of the usual size.
    private const long UsualLeastYield = 8L * 1024 * 1024;
    private const int LeastYieldsOfBudget = 64;

    // It holds the locks of the allocator for some tens of milliseconds.
    private static readonly TimeSpan _trimsApart = TimeSpan.FromSeconds(10);

    // What was deactivated and not collected by then, the runtime has collected by itself. A pause may have to wait for a whole window of its budget.
    private static readonly TimeSpan _shedLasts = PauseBudget.Window + TimeSpan.FromSeconds(30);

    private static readonly MemoryAction[] _garbageFirst =
        [MemoryAction.Collect, MemoryAction.CollectInBackground, MemoryAction.TrimNative, MemoryAction.ShedIdleGrains];
    private static readonly MemoryAction[] _nativeFirst =
        [MemoryAction.TrimNative, MemoryAction.Collect, MemoryAction.CollectInBackground, MemoryAction.ShedIdleGrains];
    private static readonly MemoryAction[] _grainsFirst =
        [MemoryAction.CollectInBackground, MemoryAction.ShedIdleGrains, MemoryAction.Collect, MemoryAction.TrimNative];
    // No grain holds it: deactivating them would free little, and many would come back.
    private static readonly MemoryAction[] _noGrains = [MemoryAction.TrimNative, MemoryAction.Collect, MemoryAction.CollectInBackground];
    private static readonly MemoryAction[] _background = [MemoryAction.CollectInBackground];

    private readonly SetAside _aside = new();
    private readonly List<Pending> _pending = [];

    // What was deactivated and waits for a collection.
    private readonly List<Pending> _shed = [];
    private TimeSpan? _backgroundAt;
    private TimeSpan? _trimmedAt;
    private long _floorBytes;

    /// <summary>An action that promises less is left out, in bytes.</summary>
    public long LeastYield { get; private set; } = UsualLeastYield;

    /// <summary>Collections of all kinds count against it.</summary>
    public PauseBudget Pauses { get; } = new();

    private long ShedBytes
    {
        get
        {
            var bytes = 0L;
            foreach (var shed in _shed)
                bytes += shed.Plan.PredictedBytes;
            return bytes;
        }
    }

    /// <summary>The next action; null when none is to be taken now.</summary>
    public ActionPlan? Next(TimeSpan now, in ActionNeed need, in MemoryReading reading)
    {
        // A level outlasts its reason by its dwell; what has been freed needs no further action.
        if ((need.Level == MemoryLevel.Green && !need.Recovers) || need.NeededBytes <= 0 || now - reading.At > PressureRules.Stale || IsBusy(now, reading))
            return null;
        foreach (var action in Order(need))
        {
            var predicted = Predict(action, need, reading);
            if (predicted >= LeastYield && IsAllowed(now, action, need, reading))
                return new ActionPlan(action, predicted);
        }

        return null;
    }

    /// <summary>What the silo may use is known.</summary>
    public void Fit(long budgetBytes) => LeastYield = Math.Min(UsualLeastYield, budgetBytes / LeastYieldsOfBudget);

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
                _shed.Add(taken);
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
        (_, MemoryCause.Kernel) => _noGrains,
        _ => _grainsFirst,
    };

    private ActionYield Judge(Pending taken, in MemoryReading reading)
    {
        var freed = taken.ResidentBytes - reading.Process.ResidentBytes;
        if (taken.Plan.Action == MemoryAction.Collect && _shed is [var first, ..])
        {
            // One fall of RSS for several actions: to each its share of what all promised. The grains are what it was done for, so they answer for it.
            var (ofGrains, promised) = (0L, Math.Max(taken.Plan.PredictedBytes, ShedBytes));
            foreach (var shed in _shed)
            {
                var share = (long)((double)freed * shed.Plan.PredictedBytes / promised);
                _pending.Add(shed with { JudgedBytes = share });
                ofGrains += share;
            }

            _aside.Note(reading.At, first.Cause, MemoryAction.ShedIdleGrains, ShedBytes, ofGrains);
            _shed.Clear();
            return new ActionYield(taken.Number, freed - ofGrains);
        }

        if (taken.JudgedBytes is { } judged)
            return new ActionYield(taken.Number, judged);
        // What shows in RSS late, or as room inside the heap, is not judged by it.
        if (taken.Plan.Action is not (MemoryAction.ShrinkBuffers or MemoryAction.CollectInBackground))
            _aside.Note(reading.At, taken.Cause, taken.Plan.Action, Math.Max(taken.Plan.PredictedBytes, LeastYield), freed);
        return new ActionYield(taken.Number, freed);
    }

    /// <summary>Buffers that drain hold nothing up; deactivation takes a moment before a collection finds what it left.</summary>
    private bool IsBusy(TimeSpan now, in MemoryReading reading)
    {
        if (_shed is [var oldest, ..] && now - oldest.At > _shedLasts)
        {
            // No collection was possible: it is judged by what RSS did without one.
            _pending.Add(oldest);
            _shed.RemoveAt(0);
        }

        foreach (var taken in _pending)
        {
            if (taken.Plan.Action != MemoryAction.ShrinkBuffers)
                return true;
        }

        return _shed is [.., var newest] && now - newest.At < (reading.Load.Grains.Leaving > 0 ? LongestLeave : JudgeAfter);
    }

    private long Predict(MemoryAction action, in ActionNeed need, in MemoryReading reading) => action switch
    {
        // What became garbage in the oldest generation passes for live until all of it is looked at: after a storm that is most of what is held.
        MemoryAction.Collect when need.Recovers => Math.Max(reading.GarbageBytes, reading.Heap.HeldBytes - _floorBytes),
        MemoryAction.Collect => reading.GarbageBytes + ShedBytes,
        // It compacts little and gives back late. Under pressure it makes room for what comes: what was alive when all was looked at last is not its aim.
        MemoryAction.CollectInBackground when need.Level >= MemoryLevel.High => Math.Max(reading.GarbageBytes, reading.Heap.HeldBytes - _floorBytes) / 2,
        MemoryAction.CollectInBackground => reading.GarbageBytes / 2,
        // How much of it is free only the allocator knows.
        MemoryAction.TrimNative => (reading.NativeBytes - CauseRules.NativeBase) / 2,
        // Those that are gone already are still in memory until they are collected.
        MemoryAction.ShedIdleGrains when _shed.Count > 0 => Math.Min(need.NeededBytes - ShedBytes, reading.Load.Grains.IdleBytes),
        MemoryAction.ShedIdleGrains => Math.Min(Math.Max(need.NeededBytes, LeastYield), reading.Load.Grains.IdleBytes),
        _ => 0,
    };

    private bool IsAllowed(TimeSpan now, MemoryAction action, in ActionNeed need, in MemoryReading reading)
    {
        var follows = action == MemoryAction.Collect && _shed.Count > 0;
        if (!follows && _aside.Has(now, need.Cause, action))
            return false;
        return action switch
        {
            MemoryAction.Collect => Pauses.Allows(now, need.Level is MemoryLevel.Emergency),
            // Where all may be stopped, that gives more back.
            MemoryAction.CollectInBackground when need.Level >= MemoryLevel.High =>
                !Pauses.Allows(now, need.Level is MemoryLevel.Emergency) && !(now - _backgroundAt < BackgroundApart(need.Level)),
            MemoryAction.CollectInBackground => need is { Level: MemoryLevel.Elevated, Recovers: false } && !(now - _backgroundAt < BackgroundApart(need.Level)),
            MemoryAction.TrimNative => !(now - _trimmedAt < _trimsApart),
            // While a collection has to wait, more may go: the one that comes then finds all of it.
            MemoryAction.ShedIdleGrains =>
                (_shed.Count == 0 || !Pauses.Allows(now, need.Level is MemoryLevel.Emergency)) && reading.Load.Grains.Regret <= MostRegret,
            _ => false,
        };
    }

    /// <summary>
    /// Without a pause, but not for free: all objects are marked. From level 2 on one stands in for a collection that compacts and has to wait for its pauses, or
    /// what dies in the oldest generation would pile up: 279 MiB in 10 s of a storm.
    /// </summary>
    private static TimeSpan BackgroundApart(MemoryLevel level) =>
        TimeSpan.FromSeconds(level switch { MemoryLevel.Emergency => 5, >= MemoryLevel.High => 15, _ => 30 });

    /// <summary>An action that is not judged yet, or whose judgement is not reported yet.</summary>
    private readonly record struct Pending(
        TimeSpan At, long Number, MemoryCause Cause, ActionPlan Plan, long ResidentBytes, long? JudgedBytes = null);
}
