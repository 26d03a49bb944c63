using Ingestion.Api.Status.Places;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;

namespace Ingestion.Api.Status.Events;

/// <summary>A place among a user's sockets, or among those of guests, of which there are only so many in the whole cluster.</summary>
/// <param name="Health">The holder.</param>
/// <param name="Most">How many there are; 0: no limit.</param>
/// <param name="Table">Where this silo keeps it.</param>
/// <param name="MostOfShare">How many of a guest's link; 0: no limit.</param>
internal sealed record ListenerPlace(SocketHealth Health, int Most, PlaceTable Table, int MostOfShare = 0);

/// <summary>Makes the places of this silo's event streams.</summary>
internal sealed class StreamPlaces(ILocalSiloDetails silo, SocketOptions options, PlaceTable table, TimeProvider time)
{
    private readonly string _siloName = silo.SiloAddress.ToParsableString();

    /// <summary>A place for one stream. Nothing waits here for its client, and the client sends nothing.</summary>
    public ListenerPlace Make(SocketCaller caller)
    {
        var id = "e_" + Guid.NewGuid().ToString("N")[..12];
        var health = new SocketHealth(
            id, _siloName, time.GetUtcNow(), HeardAt: null, Acknowledged: null, Critical: 0, States: 0, Progress: 0, Dropped: 0, caller.IsGuest,
            caller.ShareId);
        return caller.IsGuest
            ? new ListenerPlace(health, options.MaxGuestsPerUser, table, options.MaxGuestsPerShare)
            : new ListenerPlace(health, options.MaxSocketsPerUser, table);
    }
}
