using Ingestion.Grains.Silos.Deciding;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos;

/// <summary>Keeps the floors of this silo and what follows from them. Floors come from the governor's thread; metrics read.</summary>
internal sealed partial class LeakWatch(ILogger<LeakWatch> logger)
{
    private const double Mebibyte = 1024 * 1024;

    private readonly LeakRules _managed = new();
    private readonly LeakRules _native = new();
    private TimeSpan? _startedAt;
    private volatile LeakSight _lastManaged = LeakSight.Unknown;
    private volatile LeakSight _lastNative = LeakSight.Unknown;

    /// <summary>Objects of the managed heap.</summary>
    public LeakSight Managed => _lastManaged;

    /// <summary>Memory outside of it.</summary>
    public LeakSight Native => _lastNative;

    /// <summary>A first look: the silo has run since about then.</summary>
    public void Begin(TimeSpan now) => _startedAt ??= now;

    /// <summary>A full blocking collection has just ended.</summary>
    public void AddManaged(in MemoryReading after) =>
        _lastManaged = Add("managed", _managed, new Floor(after.At, after.Heap.LiveBytes, after.Load.Grains.EstimatedBytes));

    /// <summary>A full blocking collection and then a trim have just ended: what the heap holds is all in use, and what the allocator keeps, too.</summary>
    public void AddNative(in MemoryReading after) =>
        _lastNative = Add("native", _native, new Floor(after.At, after.NativeBytes, ExplainedBytes: 0));

    private LeakSight Add(string kind, LeakRules rules, in Floor floor)
    {
        Begin(floor.At);
        var before = rules.Verdict;
        var changed = rules.Add(floor.At - _startedAt!.Value, floor);
        if (changed)
        {
            LogVerdict(rules.Verdict >= LeakVerdict.Warning ? LogLevel.Warning : LogLevel.Information, kind, before, rules.Verdict,
                (rules.BytesPerHour ?? 0) / Mebibyte, floor.Bytes / Mebibyte, floor.ExplainedBytes / Mebibyte, rules.Floors);
        }

        return new LeakSight(rules.Verdict, rules.BytesPerHour, floor.Bytes);
    }

    [LoggerMessage(EventName = "LeakVerdictChanged",
        Message = "Memory floor ({Kind}): {Before} → {Verdict}, {PerHour:+0.0;-0.0;0.0} MiB/h. The last floor is {Bytes:0} MiB, activations explain {Explained:0} "
            + "MiB; {Floors} floors")]
    private partial void LogVerdict(
        LogLevel severity, string kind, LeakVerdict before, LeakVerdict verdict, double perHour, double bytes, double explained, int floors);
}

/// <summary>What is known of one kind of memory.</summary>
/// <param name="Verdict">What its growth means.</param>
/// <param name="BytesPerHour">By how much its floor grows; null while too few floors are known.</param>
/// <param name="FloorBytes">The newest floor; null before the first.</param>
internal sealed record LeakSight(LeakVerdict Verdict, double? BytesPerHour, long? FloorBytes)
{
    public static readonly LeakSight Unknown = new(LeakVerdict.None, BytesPerHour: null, FloorBytes: null);
}
