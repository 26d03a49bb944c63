using Ingestion.Silos.Evidence;
using Ingestion.Silos.Recycling;
using Ingestion.Status;
using Orleans.Concurrency;
using Orleans.Services;

namespace Ingestion.Silos;

/// <summary>Acts on one silo for operators, reachable from every silo. Its memory is the matter of <see cref="IMemoryGovernor"/>.</summary>
[Alias("ingestion.silo-agent"), GrainInterfaceType("ingestion.silo-agent")]
public interface ISiloAgent : IGrainService
{
    /// <summary>
    /// Closes sockets of this silo, so that their clients connect again where there is more room. Without effect in a silo that takes no sockets.
    /// </summary>
    /// <param name="count">How many, at most.</param>
    /// <returns>How many were closed.</returns>
    [Alias("rebalance-sockets"), AlwaysInterleave]
    Task<int> RebalanceSocketsAsync(int count);

    /// <summary>Reads again which webhooks there are for many users.</summary>
    [Alias("refresh-shared-webhooks"), AlwaysInterleave]
    Task RefreshSharedWebhooksAsync();

    /// <summary>Ends connections of this silo. Without effect in a silo that takes no requests.</summary>
    /// <returns>How many those were.</returns>
    [Alias("disconnect"), AlwaysInterleave]
    Task<int> DisconnectAsync(Disconnection which);

    /// <summary>The deny list has changed. Returns once this silo refuses what it denies, and has ended what it denies.</summary>
    [Alias("refresh-denied"), AlwaysInterleave]
    Task RefreshDeniedAsync();

    /// <summary>The silo is to restart itself as soon as it has the lease of the cluster. Silos of a release before 0.5 lack this.</summary>
    /// <returns>How far it is.</returns>
    [Alias("recycle"), AlwaysInterleave]
    Task<RecycleStep> RecycleAsync();

    /// <summary>
    /// Lists what is alive in the managed heap of this silo, which stands still for a collection meanwhile, and keeps the list as a file. Silos of a release
    /// before 0.5 lack this.
    /// </summary>
    [Alias("survey-heap"), AlwaysInterleave, ResponseTimeout("00:01:00")]
    Task<HeapAnswer> SurveyHeapAsync();

    /// <summary>The sockets of this silo. Silos of a release before 0.5 lack this.</summary>
    [Alias("get-sockets"), AlwaysInterleave]
    Task<SocketFigures> GetSocketsAsync();
}

/// <summary>Reaches the agent of any silo of the cluster.</summary>
public interface ISiloAgentClient : IGrainServiceClient<ISiloAgent>
{
    /// <summary>Closes at most <paramref name="count"/> sockets of <paramref name="silo"/>; how many those were.</summary>
    Task<int> RebalanceSocketsAsync(SiloAddress silo, int count);

    /// <summary>Makes <paramref name="silo"/> read again which webhooks there are for many users.</summary>
    Task RefreshSharedWebhooksAsync(SiloAddress silo);

    /// <summary>Ends connections in all silos.</summary>
    Task<Disconnected> DisconnectAsync(Disconnection which);

    /// <summary>
    /// Notifies all silos that the deny list has changed. A silo that does not answer soon is not waited for: it reads the list by itself.
    /// </summary>
    Task RefreshDeniedAsync();

    /// <summary>Makes <paramref name="silo"/> restart itself as soon as it has the lease of the cluster; how far it is.</summary>
    Task<RecycleStep> RecycleAsync(SiloAddress silo);

    /// <summary>Lists what is alive in the managed heap of <paramref name="silo"/>.</summary>
    Task<HeapAnswer> SurveyHeapAsync(SiloAddress silo);

    /// <summary>The sockets of <paramref name="silo"/>.</summary>
    Task<SocketFigures> GetSocketsAsync(SiloAddress silo);
}
