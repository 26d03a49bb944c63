namespace Ingestion.Status;

/// <summary>How long the registration of a socket, an event stream or a silo that listens lasts without a renewal.</summary>
public static class ObserverLease
{
    /// <summary>Three renewals (10 s apart), and a little for a busy machine. After it, a listener that died without leaving takes no place.</summary>
    public static TimeSpan Time { get; } = TimeSpan.FromSeconds(35);
}
