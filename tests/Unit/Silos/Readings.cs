using Ingestion.Grains.Silos;
using Ingestion.Grains.Silos.Sensing;

namespace Ingestion.Tests.Unit.Silos;

/// <summary>Made-up readings.</summary>
internal static class Readings
{
    public const long Mebibyte = 1 << 20;

    public const long Budget = 512 * Mebibyte;

    /// <summary>A silo whose parts are as given, in MiB; a machine of 4 GiB.</summary>
    public static MemoryReading Of(
        TimeSpan at, long resident, long held = 20, long live = 20, long anonymous = 0, long buffers = 0, long queued = 0, long tools = 0, long idle = 0,
        double regret = 0, double stall = 0, int leaving = 0) => new(
            at, 4096 * Mebibyte, new ProcessReading(resident * Mebibyte, anonymous * Mebibyte, (resident - anonymous) * Mebibyte), default, stall,
            new HeapReading(held * Mebibyte, held * Mebibyte, live * Mebibyte, 0, 0, 0, TimeSpan.Zero), new ToolReading(1, tools * Mebibyte, 0),
            new LoadReading(buffers * Mebibyte, 0, 0, queued * Mebibyte, new IdleGrainsSample(2, 1, 2 * idle * Mebibyte, idle * Mebibyte, regret, leaving)));
}
