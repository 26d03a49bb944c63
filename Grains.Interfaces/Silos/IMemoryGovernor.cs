using Orleans.Concurrency;
using Orleans.Services;

namespace Ingestion.Silos;

/// <summary>The memory governor of one silo, reachable from every silo. For now it samples, answers, and sets the budget of upload buffers.</summary>
[Alias("ingestion.memory-governor"), GrainInterfaceType("ingestion.memory-governor")]
public interface IMemoryGovernor : IGrainService
{
    /// <summary>The newest sample of this silo.</summary>
    [Alias("get-sample"), AlwaysInterleave]
    Task<MemorySample> GetSampleAsync();

    /// <summary>
    /// Sets what the buffers of uploads may take in this silo, in bytes, until it is set again or the silo starts anew
    /// (<see cref="IBufferBudget.LimitBytes"/>). Without effect in a silo that takes no uploads.
    /// </summary>
    [Alias("set-buffer-budget"), AlwaysInterleave]
    Task SetBufferBudgetAsync(long bytes);
}

/// <summary>Memory of one silo at one moment.</summary>
/// <param name="ResidentBytes">RSS of the process.</param>
/// <param name="BudgetBytes">What it may use: the configured budget, at most 0.9 × the cgroup's limit.</param>
/// <param name="HeapBytes">Live bytes of the managed heap.</param>
/// <param name="CommittedBytes">Bytes the managed heap holds from the system.</param>
/// <param name="At">When it was read.</param>
/// <param name="Buffers">The buffers of uploads; all 0 in a silo that takes none.</param>
/// <param name="Sockets">Open WebSockets; 0 in a silo that takes none.</param>
[GenerateSerializer, Immutable, Alias("ingestion.memory-sample")]
public sealed record MemorySample(
    [property: Id(0)] long ResidentBytes,
    [property: Id(1)] long BudgetBytes,
    [property: Id(2)] long HeapBytes,
    [property: Id(3)] long CommittedBytes,
    [property: Id(4)] DateTimeOffset At,
    [property: Id(5)] BufferSample Buffers,
    [property: Id(6)] int Sockets = 0);

/// <summary>The buffers of uploads of one silo, see <see cref="IBufferBudget"/>.</summary>
/// <param name="LimitBytes">What they may take together.</param>
/// <param name="UsedBytes">What they take.</param>
/// <param name="StagedBytes">What waits in staging files instead.</param>
/// <param name="Waiting">Parts that wait for room.</param>
[GenerateSerializer, Immutable, Alias("ingestion.buffer-sample")]
public readonly record struct BufferSample(
    [property: Id(0)] long LimitBytes,
    [property: Id(1)] long UsedBytes,
    [property: Id(2)] long StagedBytes,
    [property: Id(3)] int Waiting);

/// <summary>Reaches the governor of a silo from anywhere in the cluster's silos.</summary>
public interface IMemoryGovernorClient : IGrainServiceClient<IMemoryGovernor>
{
    /// <summary>The newest sample of <paramref name="silo"/>.</summary>
    Task<MemorySample> GetSampleAsync(SiloAddress silo);

    /// <summary>Sets what the buffers of uploads may take in <paramref name="silo"/>.</summary>
    Task SetBufferBudgetAsync(SiloAddress silo, long bytes);
}
