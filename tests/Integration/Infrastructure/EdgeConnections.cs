using Ingestion.Silos;
using Ingestion.Status;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>Leads from a silo to the connections of its edge, which are in one process in the executable and have a container of their own here.</summary>
public sealed class EdgeConnections : IConnections, IPlaceTable, ISocketLoad
{
    /// <summary>Of the edge; null while it has none, or does not answer.</summary>
    public IConnections? Edge { get; set; }

    /// <summary>Of the edge; null while it has none.</summary>
    public IPlaceTable? Places { get; set; }

    /// <summary>Of the edge; null while it has none.</summary>
    public ISocketLoad? Sockets { get; set; }

    public int Count => Sockets?.Count ?? 0;

    public long QueuedBytes => Sockets?.QueuedBytes ?? 0;

    public SocketFigures Look() => Sockets?.Look() ?? SocketFigures.None;

    public int Rebalance(int count) => Sockets?.Rebalance(count) ?? 0;

    public IReadOnlyList<HeldPlace> Wake(string user, SiloAddress grain, Cursor end) => Places?.Wake(user, grain, end) ?? [];

    public IReadOnlyList<UserPlaces> Beat(JournalBeat beat) => Places?.Beat(beat) ?? [];

    public void Rest(string user, SiloAddress grain, RestingJournal? journal) => Places?.Rest(user, grain, journal);

    public int Disconnect(Disconnection which) => Edge?.Disconnect(which) ?? 0;

    public Task RefreshDeniedAsync() => Edge?.RefreshDeniedAsync() ?? Task.CompletedTask;
}
