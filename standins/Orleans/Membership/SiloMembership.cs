using System.Collections.Concurrent;

namespace Orleans.Runtime;

/// <summary>The membership as one silo's services ask for it.</summary>
internal sealed class SiloMembership(Silo silo) : ISiloStatusOracle, IClusterMembershipService
{
    private readonly ConcurrentDictionary<ISiloStatusListener, Action<ClusterMember>> _listeners = new();

    public ClusterMembershipSnapshot CurrentSnapshot => Table.Snapshot;

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => Table.Updates();

    public SiloStatus CurrentStatus => GetApproximateSiloStatus(silo.SiloAddress);

    public string SiloName => silo.Name;

    public SiloAddress SiloAddress => silo.SiloAddress;

    private MembershipTable Table => silo.Client.Cluster.Membership;

    // There is nothing to refresh from: the table is the truth.
    public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) => default;

    public Task<bool> TryKill(SiloAddress siloAddress)
    {
        var victim = silo.Client.Cluster.FindSilo(siloAddress);
        victim?.Kill();
        return Task.FromResult(victim is not null);
    }

    public SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress) => Table.Snapshot.GetSiloStatus(siloAddress);

    public Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false) =>
        Table.Snapshot.Members.Values.Where(m => !onlyActive || m.Status == SiloStatus.Active).ToDictionary(m => m.SiloAddress, m => m.Status);

    public SiloAddress[] GetActiveSilos() => [.. Table.Active];

    public bool TryGetSiloName(SiloAddress siloAddress, out string? siloName)
    {
        siloName = Table.Snapshot.Members.GetValueOrDefault(siloAddress)?.Name;
        return siloName is not null;
    }

    public bool IsFunctionalDirectory(SiloAddress siloAddress) => GetApproximateSiloStatus(siloAddress) == SiloStatus.Active;

    public bool IsDeadSilo(SiloAddress silo) => GetApproximateSiloStatus(silo) == SiloStatus.Dead;

    public bool SubscribeToSiloStatusEvents(ISiloStatusListener observer)
    {
        Action<ClusterMember> listener = member => observer.SiloStatusChangeNotification(member.SiloAddress, member.Status);
        if (!_listeners.TryAdd(observer, listener))
            return false;

        Table.Listen(listener);
        return true;
    }

    public bool UnSubscribeFromSiloStatusEvents(ISiloStatusListener observer)
    {
        if (!_listeners.TryRemove(observer, out var listener))
            return false;

        Table.StopListening(listener);
        return true;
    }
}
