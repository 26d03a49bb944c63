namespace Ingestion.Grains.Silos.Shedding;

/// <summary>Which idle activations go first: pure.</summary>
internal static class ShedRules
{
    /// <summary>Orleans reports an activation as idle when no call has come for this long, and looks every five seconds.</summary>
    public const int IdleAfterSeconds = 10;

    /// <summary>An activation that is back sooner was deactivated in vain.</summary>
    public const int RegretSeconds = 60;

    // It was needed once shortly after it had seemed idle. Longer than any pause that clients make between two calls of the same kind.
    private const int IdleAfterReturnSeconds = 300;

    /// <summary>What deactivating gains: bytes × idle time ÷ cost of coming back. The activation itself costs about as much as a read.</summary>
    public static double Value(long bytes, int idleSeconds, int reads) => (double)bytes * idleSeconds / (1 + reads);

    /// <summary>Whether an idle activation may go: one that had come back within 60 s stays until it has not been called for five minutes.</summary>
    public static bool MayGo(int idleSeconds, bool returned) => idleSeconds > (returned ? IdleAfterReturnSeconds - 1 : 0);
}
