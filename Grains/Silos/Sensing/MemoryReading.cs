namespace Ingestion.Grains.Silos.Sensing;

/// <summary>Memory of this silo at one moment.</summary>
/// <param name="At">When, on a clock that only goes forward (<see cref="Uptime"/>).</param>
/// <param name="LimitBytes">What the system gives: the cgroup's limit or the machine's memory.</param>
/// <param name="Process">The process.</param>
/// <param name="Cgroup">Its cgroup; all 0 without one.</param>
/// <param name="Stall">Share (0 to 1) of the last ten seconds in which something waited for memory; 0 where the kernel does not report it.</param>
/// <param name="Heap">The managed heap.</param>
/// <param name="Tools">Child processes.</param>
/// <param name="Load">What the parts of the silo declare.</param>
internal readonly record struct MemoryReading(
    TimeSpan At, long LimitBytes, ProcessReading Process, CgroupReading Cgroup, double Stall, HeapReading Heap, ToolReading Tools, LoadReading Load)
{
    /// <summary>Anonymous memory that neither the managed heap nor the buffers of uploads explain.</summary>
    public long NativeBytes => Math.Max(0, Process.AnonymousBytes - Heap.HeldBytes - Load.BufferBytes);

    /// <summary>What the heap holds beyond its live objects.</summary>
    public long GarbageBytes => Math.Max(0, Heap.HeldBytes - Heap.LiveBytes);

    /// <summary>Silo and tools.</summary>
    public long TreeBytes => Process.ResidentBytes + Tools.ResidentBytes;
}

/// <summary>Resident memory of the process.</summary>
/// <param name="ResidentBytes">RSS.</param>
/// <param name="AnonymousBytes">Of it, what only this process has: heap, native memory, stacks.</param>
/// <param name="FileBytes">Of it, pages of files and shared memory.</param>
internal readonly record struct ProcessReading(long ResidentBytes, long AnonymousBytes, long FileBytes);

/// <summary>What the kernel charges to the process' cgroup.</summary>
/// <param name="Version">1, 2, or 0 without one.</param>
/// <param name="IsOwn">Nothing but this silo (and the init of its container) is in it, so that its use is ours.</param>
/// <param name="UsedBytes">All that is charged: memory of processes, kernel memory of sockets, pages of files.</param>
/// <param name="InactiveFileBytes">Of it, pages of files that go first.</param>
/// <param name="OtherReclaimableBytes">
/// Of it, what else goes before anything is killed: pages of files that were used more than once and, with version 2, the kernel's caches of names and files.
/// </param>
/// <param name="LimitBytes">Beyond this the kernel kills, or slows down (<c>memory.high</c>); the least of the cgroup and those above it.</param>
/// <param name="LimitHits">How often the limit was met.</param>
/// <param name="Kills">How often the kernel killed a process of it.</param>
internal readonly record struct CgroupReading(
    int Version, bool IsOwn, long UsedBytes, long InactiveFileBytes, long OtherReclaimableBytes, long LimitBytes, long LimitHits, long Kills)
{
    /// <summary>Without what the kernel can take back at once: <c>kubectl top</c> and the kubelet show the same.</summary>
    public long WorkingSetBytes => Math.Max(0, UsedBytes - InactiveFileBytes);

    /// <summary>What only the silo can give back. A silo that writes many small files has a large working set, and no need of room.</summary>
    public long FixedBytes => Math.Max(0, UsedBytes - InactiveFileBytes - OtherReclaimableBytes);
}

/// <summary>The managed heap.</summary>
/// <param name="InUseBytes">Live objects, and those that no collection has freed yet.</param>
/// <param name="CommittedBytes">Held from the system after the last collection.</param>
/// <param name="LiveBytes">Objects that survived it.</param>
/// <param name="FragmentedBytes">Holes between them.</param>
/// <param name="PinnedObjects">Those that it could not move.</param>
/// <param name="AllocatedBytes">All that was allocated since the start.</param>
/// <param name="Pauses">For how long collections have stopped the silo since the start.</param>
internal readonly record struct HeapReading(
    long InUseBytes, long CommittedBytes, long LiveBytes, long FragmentedBytes, long PinnedObjects, long AllocatedBytes, TimeSpan Pauses)
{
    /// <summary>The committed figure is as old as the last collection; what was allocated since is held, too.</summary>
    public long HeldBytes => Math.Max(CommittedBytes, InUseBytes);
}

/// <summary>Media tools of this silo.</summary>
/// <param name="Running">Runs.</param>
/// <param name="ResidentBytes">RSS of all of them.</param>
/// <param name="ReserveBytes">What of the limit is set aside for them.</param>
internal readonly record struct ToolReading(int Running, long ResidentBytes, long ReserveBytes);

/// <summary>What parts of the silo say that they hold.</summary>
/// <param name="BufferBytes">Buffers of uploads.</param>
/// <param name="StagedBytes">Parts in staging files.</param>
/// <param name="Sockets">Open WebSockets.</param>
/// <param name="QueuedBytes">What waits for slow readers of them.</param>
/// <param name="Grains">Activations.</param>
internal readonly record struct LoadReading(long BufferBytes, long StagedBytes, int Sockets, long QueuedBytes, IdleGrainsSample Grains);
