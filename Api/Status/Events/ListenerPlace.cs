using Ingestion.Api.Status.Sockets;
using Ingestion.Status;

namespace Ingestion.Api.Status.Events;

/// <summary>A place among a user's sockets, of which there are only so many in the whole cluster.</summary>
/// <param name="Health">Who has it.</param>
/// <param name="Most">How many there are; 0: no limit.</param>
internal sealed record ListenerPlace(SocketHealth Health, int Most)
{
    /// <summary>That of an event stream of this silo. Nothing waits here for its client, and the client says nothing.</summary>
    public static ListenerPlace ForStream(SocketEdge edge)
    {
        var id = "e_" + Guid.NewGuid().ToString("N")[..12];
        var health = new SocketHealth(id, edge.SiloName, edge.Time.GetUtcNow(), HeardAt: null, Acknowledged: null, Critical: 0, States: 0, Progress: 0, Dropped: 0);
        return new ListenerPlace(health, edge.Options.MaxSocketsPerUser);
    }
}
