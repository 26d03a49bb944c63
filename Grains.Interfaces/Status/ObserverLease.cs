namespace Ingestion.Status;

/// <summary>How long a socket, an event stream or a silo that listens is believed in without a word from it.</summary>
public static class ObserverLease
{
    /// <summary>Three renewals (10 s apart), and a little for a busy machine. By then the place is free of one that has died without leaving.</summary>
    public static TimeSpan Time { get; } = TimeSpan.FromSeconds(35);
}
