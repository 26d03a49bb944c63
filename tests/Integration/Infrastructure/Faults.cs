namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>A fault that a test switches on, and how often it has struck.</summary>
public sealed class Fault
{
    private int _struck;
    private volatile bool _on;

    public int Struck => Volatile.Read(ref _struck);

    public void On() => _on = true;

    public void Off() => _on = false;

    public void Strike()
    {
        if (!_on)
            return;
        Interlocked.Increment(ref _struck);
        throw new IOException("An injected fault.");
    }

    /// <summary>Waits until it has struck so often.</summary>
    public Task StruckAsync(int times) => Eventually.TrueAsync(() => Task.FromResult(Struck >= times), $"the fault strikes {times} times");
}
