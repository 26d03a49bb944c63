using Ingestion.Silos;
using Ingestion.Status;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Silos.Sensing;

/// <summary>Reads this process, its cgroup and its machine. Files stay open; a reading allocates nothing unless the collector has just run.</summary>
internal sealed class MemorySense : IMemorySense, IDisposable
{
    // The cgroup and what the kernel averages over seconds are read once a second: reading all of it each time would double the cost of a look.
    private static readonly TimeSpan _slowly = TimeSpan.FromSeconds(1);

    private readonly ResidentMemory _process;
    private readonly Cgroup _cgroup;
    private readonly MemoryStall _stall;
    private readonly ManagedHeap _heap = new();
    private readonly TimeProvider _time;
    private readonly long _machine;
    private readonly long _reserve;

    // Each is absent where the silo lacks the role.
    private readonly IToolMemory? _tools;
    private readonly IBufferBudget? _buffers;
    private readonly ISocketLoad? _sockets;
    private readonly IIdleGrains? _grains;

    private TimeSpan? _slowAt;
    private double _stalled;

    public MemorySense(IServiceProvider services, IOptions<MemoryOptions> options, TimeProvider time)
        : this(services, options.Value, time, root: "/")
    {
    }

    internal MemorySense(IServiceProvider services, MemoryOptions options, TimeProvider time, string root)
    {
        (_time, _machine) = (time, MachineMemory.Read(root));
        _process = new ResidentMemory(root);
        _cgroup = new Cgroup(root);
        _stall = new MemoryStall(root, _cgroup.Folder);
        (_tools, _buffers) = (services.GetService<IToolMemory>(), services.GetService<IBufferBudget>());
        (_sockets, _grains) = (services.GetService<ISocketLoad>(), services.GetService<IIdleGrains>());
        _reserve = options.ToolReserveBytes(runsTools: _tools is not null);
    }

    public MemoryReading Read()
    {
        var now = Uptime.Now(_time);
        var anew = !(now - _slowAt < _slowly);
        if (anew)
            (_slowAt, _stalled) = (now, _stall.Read());
        var cgroup = _cgroup.Read(anew);
        var limit = cgroup.LimitBytes is > 0 and var most ? Math.Min(most, _machine) : _machine;
        return new MemoryReading(now, limit, _process.Read(), cgroup, _stalled, _heap.Read(),
            new ToolReading(_tools?.Running ?? 0, _tools?.ResidentBytes ?? 0, _reserve), ReadLoad());
    }

    public void Dispose()
    {
        _process.Dispose();
        _cgroup.Dispose();
        _stall.Dispose();
    }

    private LoadReading ReadLoad() =>
        new(_buffers?.UsedBytes ?? 0, _buffers?.StagedBytes ?? 0, _sockets?.Count ?? 0, _sockets?.QueuedBytes ?? 0, _grains?.Read() ?? default);
}
