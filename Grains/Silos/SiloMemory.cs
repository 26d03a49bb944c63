using Ingestion.Silos;
using Ingestion.Status;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Silos;

/// <summary>What is known about the memory of this silo: its process, and the buffers of uploads and the sockets where it has any.</summary>
internal sealed class SiloMemory(IServiceProvider services, IOptions<MemoryOptions> options, TimeProvider time)
{
    private readonly ProcessMemory _process = new(time, options.Value.BudgetBytes);

    // Null in a silo that takes no sockets.
    private readonly ISocketLoad? _sockets = services.GetService<ISocketLoad>();

    /// <summary>Null in a silo that takes no uploads.</summary>
    public IBufferBudget? Buffers { get; } = services.GetService<IBufferBudget>();

    /// <summary>A fresh sample.</summary>
    public MemorySample Read() => _process.Read() with
    {
        Buffers = Buffers is { } b ? new BufferSample(b.LimitBytes, b.UsedBytes, b.StagedBytes, b.Waiting) : default,
        Sockets = _sockets?.Count ?? 0,
    };
}
