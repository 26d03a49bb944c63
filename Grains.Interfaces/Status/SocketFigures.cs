namespace Ingestion.Status;

/// <summary>The sockets of one silo.</summary>
/// <param name="Sockets">Open ones.</param>
/// <param name="Users">Whose they are: how many users, guests apart.</param>
/// <param name="Guests">Of the open ones, those of guests with a share.</param>
/// <param name="Slow">Of the open ones, those whose reader has taken nothing for a second while more waits for it.</param>
/// <param name="QueuedBytes">What waits in all of them.</param>
/// <param name="QueueLimitBytes">What may wait there now.</param>
/// <param name="Closed">What this silo has closed since its start, by code.</param>
[GenerateSerializer, Immutable, Alias("ingestion.socket-figures")]
public sealed record SocketFigures(
    [property: Id(0)] int Sockets,
    [property: Id(1)] int Users,
    [property: Id(2)] int Guests,
    [property: Id(3)] int Slow,
    [property: Id(4)] long QueuedBytes,
    [property: Id(5)] long QueueLimitBytes,
    [property: Id(6)] IReadOnlyList<SocketCloses> Closed)
{
    /// <summary>Of a silo that takes none.</summary>
    public static SocketFigures None { get; } = new(0, 0, 0, 0, 0, 0, []);
}

/// <summary>Sockets that were closed with one code.</summary>
/// <param name="Code">The close code.</param>
/// <param name="Reason">Its name.</param>
/// <param name="Count">How many.</param>
[GenerateSerializer, Immutable, Alias("ingestion.socket-closes")]
public readonly record struct SocketCloses([property: Id(0)] int Code, [property: Id(1)] string Reason, [property: Id(2)] long Count);
