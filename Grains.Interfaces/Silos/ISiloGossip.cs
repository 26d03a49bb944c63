using Orleans.Concurrency;
using Orleans.Services;

namespace Ingestion.Silos;

/// <summary>Takes what the other silos report of their memory, reachable from every silo. Absent in a silo of a release before 0.5.</summary>
[Alias("ingestion.silo-gossip"), GrainInterfaceType(WireName)]
public interface ISiloGossip : IGrainService
{
    /// <summary>By which a silo's manifest shows that it has this service.</summary>
    const string WireName = "ingestion.silo-gossip";

    /// <summary>
    /// A silo reports its figures: each second, and at once when its level changes. Older ones than those at hand are ignored. It is answered so that its
    /// sender has at most one report under way to each silo.
    /// </summary>
    [Alias("report"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task ReportAsync(SiloFigures figures);
}

/// <summary>What a silo reports of itself.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="At">When, on a clock of that silo that only goes forward: it says which of two reports is newer, and nothing else.</param>
/// <param name="Level">How close it is to its budget.</param>
/// <param name="ResidentBytes">RSS of its process.</param>
/// <param name="BudgetBytes">What it may use.</param>
/// <param name="Sockets">Open WebSockets; null in a silo that takes none.</param>
[GenerateSerializer, Immutable, Alias("ingestion.silo-figures")]
public sealed record SiloFigures(
    [property: Id(0)] SiloAddress Silo,
    [property: Id(1)] TimeSpan At,
    [property: Id(2)] MemoryLevel Level,
    [property: Id(3)] long ResidentBytes,
    [property: Id(4)] long BudgetBytes,
    [property: Id(5)] int? Sockets);

/// <summary>Reports to other silos.</summary>
public interface ISiloGossipClient : IGrainServiceClient<ISiloGossip>
{
    /// <inheritdoc cref="ISiloGossip.ReportAsync"/>
    Task ReportAsync(SiloAddress silo, SiloFigures figures);
}
