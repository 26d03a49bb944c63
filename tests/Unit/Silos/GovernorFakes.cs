using Ingestion.Grains.Silos;
using Ingestion.Grains.Silos.Acting;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;

namespace Ingestion.Tests.Unit.Silos;

/// <summary>A process that takes what a test says, and gives back what a test says.</summary>
internal sealed class MadeUpSilo(TimeProvider time) : IMemorySense, IMemoryActuator, IIdleGrains, IBufferBudget
{
    public List<string> Calls { get; } = [];

    public MemoryReading Reading { get; set; } = Readings.Of(default, resident: 100);

    /// <summary>Runs within each call.</summary>
    public Action<string> Effect { get; set; } = _ => { };

    public long LimitBytes { get; set; } = 96 * Readings.Mebibyte;

    public int PartsInFlight { get; set; } = 2;

    public long LeastLimitBytes => 8 * Readings.Mebibyte;

    public long UsedBytes { get; set; }

    public long StagedBytes => 0;

    public int Waiting => 0;

    MemoryReading IMemorySense.Read() => Reading with { At = Uptime.Now(time) };

    IdleGrainsSample IIdleGrains.Read() => Reading.Load.Grains;

    public Shed Shed(long bytes)
    {
        Note(nameof(Shed));
        return new Shed(1, bytes);
    }

    public TimeSpan Collect()
    {
        Note(nameof(Collect));
        return TimeSpan.FromMilliseconds(30);
    }

    public TimeSpan CollectGarbage()
    {
        Note(nameof(CollectGarbage));
        return TimeSpan.FromMilliseconds(20);
    }

    public void CollectInBackground() => Note(nameof(CollectInBackground));

    public void TrimNative() => Note(nameof(TrimNative));

    private void Note(string call)
    {
        Calls.Add(call);
        Effect(call);
    }
}
