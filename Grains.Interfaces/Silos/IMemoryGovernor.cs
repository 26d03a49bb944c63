using Ingestion.Silos.Recycling;
using Orleans.Concurrency;
using Orleans.Services;

namespace Ingestion.Silos;

/// <summary>The memory governor of one silo, reachable from every silo: what it sees, what it did, and the budget of upload buffers.</summary>
[Alias("ingestion.memory-governor"), GrainInterfaceType("ingestion.memory-governor")]
public interface IMemoryGovernor : IGrainService
{
    /// <summary>The newest sample of this silo.</summary>
    [Alias("get-sample"), AlwaysInterleave]
    Task<MemorySample> GetSampleAsync();

    /// <summary>
    /// Sets what the buffers of uploads may take in this silo without pressure, in bytes, until it is set again or the silo starts anew; under
    /// pressure they may take a part of that (<see cref="IBufferBudget.LimitBytes"/>). Without effect in a silo that takes no uploads.
    /// </summary>
    [Alias("set-buffer-budget"), AlwaysInterleave]
    Task SetBufferBudgetAsync(long bytes);
}

/// <summary>Memory of one silo at one moment.</summary>
/// <param name="ResidentBytes">RSS of the process.</param>
/// <param name="BudgetBytes">What it may use: the configured budget, at most 0.85 of what is left of the limit without the reserve for tools.</param>
/// <param name="HeapBytes">Bytes of the managed heap in use: live ones, and those that no collection has freed yet.</param>
/// <param name="CommittedBytes">Bytes the managed heap holds from the system.</param>
/// <param name="At">When it was read.</param>
/// <param name="Buffers">The buffers of uploads; all 0 in a silo that takes none.</param>
/// <param name="Sockets">Open WebSockets; 0 in a silo that takes none.</param>
/// <param name="Level">How close it is to its budget.</param>
/// <param name="Cause">What takes most; <see cref="MemoryCause.None"/> without pressure.</param>
/// <param name="LimitBytes">What the system gives: the cgroup's limit or the machine's memory. 0: a silo of a release before 0.5.</param>
/// <param name="SlopeBytesPerSecond">By how much RSS rose (or, negative, fell) in the last ten seconds.</param>
/// <param name="Ledger">What is in it.</param>
/// <param name="Actions">The last ten actions, the newest first; null from a release before 0.5.</param>
/// <param name="Regret">Share (0 to 1) of the activations deactivated for memory in the last minute that came back within 60 s.</param>
/// <param name="Recycle">Whether the silo restarts itself.</param>
[GenerateSerializer, Immutable, Alias("ingestion.memory-sample")]
public sealed record MemorySample(
    [property: Id(0)] long ResidentBytes,
    [property: Id(1)] long BudgetBytes,
    [property: Id(2)] long HeapBytes,
    [property: Id(3)] long CommittedBytes,
    [property: Id(4)] DateTimeOffset At,
    [property: Id(5)] BufferSample Buffers,
    [property: Id(6)] int Sockets = 0,
    [property: Id(7)] MemoryLevel Level = MemoryLevel.Green,
    [property: Id(8)] MemoryCause Cause = MemoryCause.None,
    [property: Id(9)] long LimitBytes = 0,
    [property: Id(10)] long SlopeBytesPerSecond = 0,
    [property: Id(11)] MemoryLedger Ledger = default,
    [property: Id(12)] IReadOnlyList<MemoryActionTaken>? Actions = null,
    [property: Id(13)] double Regret = 0,
    [property: Id(14)] RecycleStep Recycle = RecycleStep.Unsupported);

/// <summary>What the memory of one silo is made of. Parts overlap: live objects are in the committed heap, and that is anonymous memory.</summary>
/// <param name="AnonymousBytes">Of RSS, what only this process has: heap, native memory, stacks.</param>
/// <param name="FileBytes">Of RSS, pages of files, which the kernel can drop and read again.</param>
/// <param name="NativeBytes">Of the anonymous memory, what neither the managed heap nor the buffers of uploads explain.</param>
/// <param name="LiveBytes">Objects that were alive after the last collection.</param>
/// <param name="FragmentedBytes">Holes between them then.</param>
/// <param name="Tools">Media tools that run.</param>
/// <param name="ToolBytes">RSS of them together.</param>
/// <param name="CgroupBytes">What the cgroup is charged with, without inactive file pages; 0 without a cgroup.</param>
/// <param name="SocketQueueBytes">What waits for slow readers of sockets.</param>
/// <param name="Activations">Grains that are active.</param>
/// <param name="IdleActivations">Of them, those that could be deactivated.</param>
/// <param name="ActivationBytes">What the active ones take, by the typical size of their kind.</param>
/// <param name="IdleBytes">What the idle ones take.</param>
[GenerateSerializer, Immutable, Alias("ingestion.memory-ledger")]
public readonly record struct MemoryLedger(
    [property: Id(0)] long AnonymousBytes,
    [property: Id(1)] long FileBytes,
    [property: Id(2)] long NativeBytes,
    [property: Id(3)] long LiveBytes,
    [property: Id(4)] long FragmentedBytes,
    [property: Id(5)] int Tools,
    [property: Id(6)] long ToolBytes,
    [property: Id(7)] long CgroupBytes,
    [property: Id(8)] long SocketQueueBytes,
    [property: Id(9)] int Activations,
    [property: Id(10)] int IdleActivations,
    [property: Id(11)] long ActivationBytes,
    [property: Id(12)] long IdleBytes);

/// <summary>The buffers of uploads of one silo, see <see cref="IBufferBudget"/>.</summary>
/// <param name="LimitBytes">What they may take together now.</param>
/// <param name="UsedBytes">What they take.</param>
/// <param name="StagedBytes">What waits in staging files instead.</param>
/// <param name="Waiting">Parts that wait for room.</param>
/// <param name="BaseLimitBytes">What they may take together without pressure.</param>
[GenerateSerializer, Immutable, Alias("ingestion.buffer-sample")]
public readonly record struct BufferSample(
    [property: Id(0)] long LimitBytes,
    [property: Id(1)] long UsedBytes,
    [property: Id(2)] long StagedBytes,
    [property: Id(3)] int Waiting,
    [property: Id(4)] long BaseLimitBytes = 0);

/// <summary>Reaches the governor of a silo from anywhere in the cluster's silos.</summary>
public interface IMemoryGovernorClient : IGrainServiceClient<IMemoryGovernor>
{
    /// <summary>The newest sample of <paramref name="silo"/>.</summary>
    Task<MemorySample> GetSampleAsync(SiloAddress silo);

    /// <summary>Sets what the buffers of uploads may take in <paramref name="silo"/>.</summary>
    Task SetBufferBudgetAsync(SiloAddress silo, long bytes);
}
