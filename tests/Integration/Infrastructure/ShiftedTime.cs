namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>The system's clock, which a test may set forward: what is due tomorrow is due now. Timers keep their pace.</summary>
public sealed class ShiftedTime : TimeProvider
{
    private long _shift;
    private long _passed;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _shift, by.Ticks);

    /// <summary>As if the silos had run for so much longer: what they measure goes forward with the clock.</summary>
    public void Pass(TimeSpan time)
    {
        Advance(time);
        Interlocked.Add(ref _passed, time.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _shift));

    public override long GetTimestamp() => base.GetTimestamp() + (Interlocked.Read(ref _passed) * (TimestampFrequency / TimeSpan.TicksPerSecond));
}
