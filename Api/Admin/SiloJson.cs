using Ingestion.Silos;
using Ingestion.Silos.Recycling;

namespace Ingestion.Api.Admin;

/// <summary>A silo and its memory.</summary>
/// <param name="Address">Names it in the other addresses of this API.</param>
/// <param name="Status">As the cluster has it.</param>
/// <param name="ResidentBytes">Of the process.</param>
/// <param name="BudgetBytes">What it may take.</param>
/// <param name="LimitBytes">What the system gives to silo and tools: the limit of the cgroup, or the machine's memory.</param>
/// <param name="Level">How close it is to its budget: <c>green</c>, <c>elevated</c>, <c>high</c>, <c>critical</c>, <c>emergency</c>.</param>
/// <param name="Cause">
/// What takes most: <c>garbage</c>, <c>native</c>, <c>live_grains</c>, <c>buffers</c>, <c>socket_queues</c>, <c>children</c>, <c>kernel</c>, <c>leak</c>; <c>none</c> while
/// green.
/// </param>
/// <param name="SlopeBytesPerSecond">By how much the resident memory rose, or fell, in the last ten seconds.</param>
/// <param name="HeapBytes">Of the resident memory, objects.</param>
/// <param name="CommittedBytes">Of it, what the runtime holds for objects.</param>
/// <param name="Memory">What it is made of.</param>
/// <param name="Buffers">The buffers of uploads.</param>
/// <param name="Sockets">How many are open.</param>
/// <param name="Regret">Share (0 to 1) of the grains deactivated for memory in the last minute that came back within 60 s.</param>
/// <param name="Recycle">Whether it restarts itself: <c>none</c>, <c>waiting</c>, <c>under_way</c>; <c>unsupported</c> in a silo of a release before 0.5.</param>
/// <param name="Actions">The last ten actions of the governor, the newest first.</param>
/// <param name="SampledAt">When that was measured.</param>
internal sealed record SiloJson(
    string Address, string Status, long ResidentBytes, long BudgetBytes, long LimitBytes, string Level, string Cause, long SlopeBytesPerSecond, long HeapBytes,
    long CommittedBytes, MemoryLedgerJson Memory, BuffersJson Buffers, int Sockets, double Regret, string Recycle,
    IReadOnlyList<MemoryActionJson> Actions, DateTimeOffset SampledAt)
{
    public static SiloJson Of(string address, string status, MemorySample memory) => new(
        address, status, memory.ResidentBytes, memory.BudgetBytes, memory.LimitBytes, memory.Level.Name(), memory.Cause.Name(), memory.SlopeBytesPerSecond,
        memory.HeapBytes, memory.CommittedBytes, MemoryLedgerJson.Of(memory.Ledger), BuffersJson.Of(memory.Buffers), memory.Sockets, memory.Regret,
        memory.Recycle.Name(), [.. (memory.Actions ?? []).Select(MemoryActionJson.Of)], memory.At);
}

/// <summary>What the memory of a silo is made of. Parts overlap: live objects are in the committed heap, and that is anonymous memory.</summary>
/// <param name="AnonymousBytes">Of the resident memory, what only this process has.</param>
/// <param name="FileBytes">Of it, pages of files.</param>
/// <param name="NativeBytes">Of the anonymous memory, what neither objects nor buffers of uploads explain.</param>
/// <param name="LiveBytes">Objects that survived the last collection.</param>
/// <param name="FragmentedBytes">Holes between them.</param>
/// <param name="Tools">Media tools that run.</param>
/// <param name="ToolBytes">What they take; not in the resident memory of the silo.</param>
/// <param name="CgroupBytes">What the cgroup is charged with, without inactive pages of files; 0 without a cgroup.</param>
/// <param name="SocketQueueBytes">What waits for slow readers of sockets.</param>
/// <param name="Activations">Grains that are active.</param>
/// <param name="IdleActivations">Of them, those that could be deactivated.</param>
/// <param name="ActivationBytes">What the active ones take, about.</param>
/// <param name="IdleBytes">What the idle ones take, about.</param>
internal sealed record MemoryLedgerJson(
    long AnonymousBytes, long FileBytes, long NativeBytes, long LiveBytes, long FragmentedBytes, int Tools, long ToolBytes, long CgroupBytes,
    long SocketQueueBytes, int Activations, int IdleActivations, long ActivationBytes, long IdleBytes)
{
    public static MemoryLedgerJson Of(MemoryLedger ledger) => new(
        ledger.AnonymousBytes, ledger.FileBytes, ledger.NativeBytes, ledger.LiveBytes, ledger.FragmentedBytes, ledger.Tools, ledger.ToolBytes,
        ledger.CgroupBytes, ledger.SocketQueueBytes, ledger.Activations, ledger.IdleActivations, ledger.ActivationBytes, ledger.IdleBytes);
}

/// <summary>The buffers of uploads.</summary>
/// <param name="LimitBytes">Their budget now.</param>
/// <param name="BaseLimitBytes">Their budget while the silo is green.</param>
/// <param name="UsedBytes">What they take.</param>
/// <param name="StagedBytes">What waits on disk instead.</param>
/// <param name="Waiting">How many parts wait for room.</param>
internal sealed record BuffersJson(long LimitBytes, long BaseLimitBytes, long UsedBytes, long StagedBytes, int Waiting)
{
    public static BuffersJson Of(BufferSample buffers) =>
        new(buffers.LimitBytes, buffers.BaseLimitBytes, buffers.UsedBytes, buffers.StagedBytes, buffers.Waiting);
}

/// <summary>What the governor did.</summary>
/// <param name="At">When.</param>
/// <param name="Level">The level then.</param>
/// <param name="Cause">The cause then.</param>
/// <param name="Action"><c>shrink_buffers</c>, <c>collect_in_background</c>, <c>trim_native</c>, <c>collect</c>, <c>shed_idle_grains</c>.</param>
/// <param name="PredictedBytes">What it was expected to free.</param>
/// <param name="FreedBytes">By how much the resident memory had fallen a second later; null until then, negative when it rose.</param>
internal sealed record MemoryActionJson(DateTimeOffset At, string Level, string Cause, string Action, long PredictedBytes, long? FreedBytes)
{
    public static MemoryActionJson Of(MemoryActionTaken action) => new(
        action.At, action.Level.Name(), action.Cause.Name(), action.Action.Name(), action.PredictedBytes, action.FreedBytes);
}
