using Ingestion.Grains.Silos;
using Ingestion.Grains.Silos.Sensing;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>The signal of one silo's governor: what a test says. All silos of a test share a process, whose memory says nothing about one of them.</summary>
internal sealed class ScriptedSense(TimeProvider time) : IMemorySense
{
    public const long Mebibyte = 1 << 20;

    /// <summary>Of each silo, as configured.</summary>
    public const long Budget = 512 * Mebibyte;

    private readonly Lock _gate = new();
    private MemoryReading _now = Quiet();

    public MemoryReading Read()
    {
        lock (_gate)
            return _now with { At = Uptime.Now(time) };
    }

    /// <summary>From now on the silo takes so much of its budget.</summary>
    public void Set(double shareOfBudget, Func<MemoryReading, MemoryReading>? more = null)
    {
        var resident = (long)(shareOfBudget * Budget);
        var reading = Quiet() with { Process = new ProcessReading(resident, resident / 2, resident / 2) };
        lock (_gate)
            _now = more?.Invoke(reading) ?? reading;
    }

    public static IdleGrainsSample Grains(long idleBytes, double regret = 0) => new(1000, 500, idleBytes * 2, idleBytes, regret);

    private static MemoryReading Quiet() => new(
        default, LimitBytes: 4096 * Mebibyte, new ProcessReading(100 * Mebibyte, 50 * Mebibyte, 50 * Mebibyte), default, Stall: 0,
        new HeapReading(20 * Mebibyte, 20 * Mebibyte, 20 * Mebibyte, 0, 0, 0, TimeSpan.Zero), default, default);
}
