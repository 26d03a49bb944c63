namespace Orleans.Runtime;

/// <summary>The membership as one silo's services ask for it.</summary>
internal sealed class SiloMembership(Silo silo) : ISiloStatusOracle, IClusterMembershipService
{
    public ClusterMembershipSnapshot CurrentSnapshot => Table.Snapshot;

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => Table.Updates();

    public SiloStatus CurrentStatus => GetApproximateSiloStatus(silo.SiloAddress);

    private MembershipTable Table => silo.Client.Cluster.Membership;

    public SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress) => Table.Snapshot.GetSiloStatus(siloAddress);

    public Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false) =>
        Table.Snapshot.Members.Values.Where(m => !onlyActive || m.Status == SiloStatus.Active).ToDictionary(m => m.SiloAddress, m => m.Status);

    public SiloAddress[] GetActiveSilos() => [.. Table.Active];

    public bool IsDeadSilo(SiloAddress silo) => GetApproximateSiloStatus(silo) == SiloStatus.Dead;
}
