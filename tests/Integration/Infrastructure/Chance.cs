namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>A fault that strikes now and then while it is switched on.</summary>
public sealed class Chance
{
    private int _struck;
    private volatile int _perMille;

    public int Struck => Volatile.Read(ref _struck);

    /// <summary>Strikes this often in a thousand from now on; 0 switches it off.</summary>
    public void Set(int perMille) => _perMille = perMille;

    public void Strike()
    {
        if (Random.Shared.Next(1000) >= _perMille)
            return;
        Interlocked.Increment(ref _struck);
        throw new IOException("An injected fault.");
    }
}
