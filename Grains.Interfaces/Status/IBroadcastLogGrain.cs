namespace Ingestion.Status;

/// <summary>
/// The broadcasts of the last minutes, of all channels, numbered in one row: so that a listener whose silo was restarted gets what it missed, and a
/// request that is repeated sends nothing twice. Key: 0. A broadcast is published once it is in here.
/// </summary>
[Alias("ingestion.broadcast-log"), GrainInterfaceType("ingestion.broadcast-log")]
public interface IBroadcastLogGrain : IGrainWithIntegerKey
{
    /// <summary>Numbers a broadcast and keeps it for 10 minutes, unless 64 newer ones come sooner.</summary>
    /// <returns>The broadcast as it is kept, with its number; what is kept of another one when that has the same id.</returns>
    [Alias("append")]
    Task<KeptBroadcast> AppendAsync(string channel, Broadcast broadcast);

    /// <summary>What is kept after the one with this number, and the newest number. A number beyond that is of a log that is lost: then all of it.</summary>
    [Alias("read")]
    Task<BroadcastPage> ReadAsync(long after);
}

/// <summary>A broadcast that is kept.</summary>
/// <param name="Channel">Who gets it.</param>
/// <param name="Broadcast">What.</param>
[GenerateSerializer, Immutable, Alias("ingestion.kept-broadcast")]
public sealed record KeptBroadcast([property: Id(0)] string Channel, [property: Id(1)] Broadcast Broadcast);

/// <summary>Some of the broadcasts that are kept.</summary>
/// <param name="End">The newest number; 0: there was none yet.</param>
/// <param name="Broadcasts">Oldest first.</param>
[GenerateSerializer, Immutable, Alias("ingestion.broadcast-page")]
public sealed record BroadcastPage([property: Id(0)] long End, [property: Id(1)] IReadOnlyList<KeptBroadcast> Broadcasts);
