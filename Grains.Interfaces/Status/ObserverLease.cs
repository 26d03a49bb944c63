namespace Ingestion.Status;

/// <summary>How long the registration of a listener lasts without a renewal.</summary>
public static class ObserverLease
{
    /// <summary>Between two renewals.</summary>
    public static TimeSpan Period { get; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Three renewals, and a little for a busy machine. After it, a listener that died without leaving takes no place. Sockets and event streams keep
    /// theirs without a renewal for as long as their silo lives.
    /// </summary>
    public static TimeSpan Time { get; } = TimeSpan.FromSeconds(35);
}
