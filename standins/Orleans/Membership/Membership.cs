using System.Collections.Immutable;

namespace Orleans.Runtime;

public enum SiloStatus
{
    None = 0,
    Joining = 2,
    Active = 3,
    ShuttingDown = 4,
    Dead = 6,
}

/// <summary>One silo, as the cluster sees it.</summary>
[Immutable]
public sealed record ClusterMember(SiloAddress SiloAddress, SiloStatus Status, string Name);

/// <summary>All silos at one version of the membership.</summary>
[Immutable]
public sealed class ClusterMembershipSnapshot
{
    internal ClusterMembershipSnapshot(ImmutableDictionary<SiloAddress, ClusterMember> members) => Members = members;

    public ImmutableDictionary<SiloAddress, ClusterMember> Members { get; }

    public SiloStatus GetSiloStatus(SiloAddress silo) => Members.TryGetValue(silo, out var member) ? member.Status : SiloStatus.None;
}

/// <summary>The membership of the cluster.</summary>
public interface IClusterMembershipService
{
    ClusterMembershipSnapshot CurrentSnapshot { get; }

    /// <summary>The current snapshot, then each new one. A slow reader skips to the newest.</summary>
    IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates { get; }
}

/// <summary>The membership of the cluster, asked by silo.</summary>
public interface ISiloStatusOracle
{
    SiloStatus CurrentStatus { get; }

    SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress);

    internal Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false);

    SiloAddress[] GetActiveSilos();

    bool IsDeadSilo(SiloAddress silo);
}

/// <summary>Names of this silo.</summary>
public interface ILocalSiloDetails
{
    string Name { get; }

    string ClusterId { get; }

    SiloAddress SiloAddress { get; }
}
