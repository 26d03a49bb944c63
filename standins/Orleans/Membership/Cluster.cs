using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Orleans.Runtime;

internal enum ObserverLookup
{
    Found,
    Unknown,
    SiloGone,
}

/// <summary>
/// What the silos of one cluster share. In Orleans it is spread over the silos and kept together by messages; here all silos
/// live in this process and share these tables, which outlive each single silo.
/// </summary>
internal sealed class Cluster
{
    private ImmutableArray<RuntimeClient> _clients = [];

    public Cluster() => Placement = new PlacementService(this);

    public GrainTypeRegistry GrainTypes { get; } = GrainTypeRegistry.OfProcess;

    public GrainDirectory Directory { get; } = new();

    public MembershipTable Membership { get; } = new();

    public PlacementService Placement { get; }

    public ConcurrentDictionary<GrainId, SystemTarget> SystemTargets { get; } = new();

    public ConcurrentDictionary<string, Storage.MemoryStore> MemoryStores { get; } = new();

    public ReminderTable Reminders { get; } = new();

    public ConcurrentDictionary<string, Streams.StreamHub> StreamHubs { get; } = new();

    /// <summary>Silos and outside clients that have not stopped.</summary>
    public ImmutableArray<RuntimeClient> Clients => _clients;

    public IEnumerable<Silo> Silos => _clients.Select(client => client.Silo).OfType<Silo>();

    public void Join(RuntimeClient client) => ImmutableInterlocked.Update(ref _clients, clients => clients.Add(client));

    public void Leave(RuntimeClient client) => ImmutableInterlocked.Update(ref _clients, clients => clients.Remove(client));

    public Silo? FindSilo(SiloAddress address) => Silos.FirstOrDefault(silo => silo.SiloAddress.Equals(address));

    public ObserverLookup FindObserver(GrainId id, out ObserverTarget? observer)
    {
        observer = null;
        var owner = ObserverRegistry.OwnerOf(id);
        if (_clients.FirstOrDefault(client => client.Name == owner) is not { } client)
            // Orleans keeps calls to an outside client that has gone, in case it comes back: no answer.
            return owner.StartsWith(RuntimeClient.OutsidePrefix, StringComparison.Ordinal) ? ObserverLookup.Unknown : ObserverLookup.SiloGone;

        return client.Observers.TryGet(id, out observer) ? ObserverLookup.Found : ObserverLookup.Unknown;
    }
}
