namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>The system's clock, which a test may set forward: what is due tomorrow is due now. Timers keep their pace.</summary>
public sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _shift, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _shift));
}
