using Orleans.Concurrency;
using Orleans.Services;

namespace Ingestion.Memory;

/// <summary>The governor of one silo, reachable from every silo. For now it samples and answers; it does not act yet.</summary>
[Alias("ingestion.memory-governor")]
public interface IMemoryGovernor : IGrainService
{
    /// <summary>The newest sample of this silo.</summary>
    [Alias("get-sample"), AlwaysInterleave]
    Task<MemorySample> GetSampleAsync();
}

/// <summary>Memory of one silo at one moment.</summary>
/// <param name="ResidentBytes">RSS of the process.</param>
/// <param name="BudgetBytes">What it may use: the configured budget, at most 0.9 × the cgroup's limit.</param>
/// <param name="HeapBytes">Live bytes of the managed heap.</param>
/// <param name="CommittedBytes">Bytes the managed heap holds from the system.</param>
/// <param name="At">When it was read.</param>
[GenerateSerializer, Immutable, Alias("ingestion.memory-sample")]
public sealed record MemorySample(
    [property: Id(0)] long ResidentBytes,
    [property: Id(1)] long BudgetBytes,
    [property: Id(2)] long HeapBytes,
    [property: Id(3)] long CommittedBytes,
    [property: Id(4)] DateTimeOffset At);

/// <summary>Reaches the governor of a silo from anywhere in the cluster's silos.</summary>
public interface IMemoryGovernorClient : IGrainServiceClient<IMemoryGovernor>
{
    /// <summary>The newest sample of <paramref name="silo"/>.</summary>
    Task<MemorySample> GetSampleAsync(SiloAddress silo);
}
