namespace Ingestion.Status;

/// <summary>How a socket is.</summary>
/// <param name="Id">Its id, as in its hello.</param>
/// <param name="Silo">The silo that holds it.</param>
/// <param name="ConnectedAt">Since when.</param>
/// <param name="HeardAt">When its client last sent anything; null: never.</param>
/// <param name="Acknowledged">The newest place its client has acknowledged; null: none.</param>
/// <param name="Critical">Frames that wait in the lane of critical ones.</param>
/// <param name="States">Events that wait in the lane of states.</param>
/// <param name="Progress">Videos whose progress waits.</param>
/// <param name="Dropped">Progress events that were superseded before they were sent.</param>
/// <param name="IsGuest">It is not the user's own: it came with a token for one shared video. Guests have a limit of their own.</param>
/// <param name="Share">The name of the share link that a guest came with; those of one link have a limit of their own.</param>
[GenerateSerializer, Immutable, Alias("ingestion.socket-health")]
public sealed record SocketHealth(
    [property: Id(0)] string Id,
    [property: Id(1)] string Silo,
    [property: Id(2)] DateTimeOffset ConnectedAt,
    [property: Id(3)] DateTimeOffset? HeardAt,
    [property: Id(4)] Cursor? Acknowledged,
    [property: Id(5)] int Critical,
    [property: Id(6)] int States,
    [property: Id(7)] int Progress,
    [property: Id(8)] long Dropped,
    [property: Id(9)] bool IsGuest = false,
    [property: Id(10)] string? Share = null);

/// <summary>Answer to a renewal.</summary>
/// <param name="Cursor">The journal's end.</param>
/// <param name="Known">False when the grain did not know the socket (a new activation): join again.</param>
/// <param name="IsSubscribed">False when nothing is pushed to it: a socket that wants the journal subscribes again from its last cursor.</param>
/// <param name="Grain">
/// The silo of the grain, which from now on is compared with the sockets' silo (<see cref="ISiloPlaces.BeatAsync"/>): a socket renews again only when its
/// own silo asks for that. Null: it renews each <see cref="ObserverLease.Period"/>.
/// </param>
[GenerateSerializer, Immutable, Alias("ingestion.renewal")]
public sealed record Renewal(
    [property: Id(0)] Cursor Cursor,
    [property: Id(1)] bool Known,
    [property: Id(2)] bool IsSubscribed,
    [property: Id(3)] SiloAddress? Grain = null);
