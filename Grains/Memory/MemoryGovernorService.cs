using Ingestion.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Memory;

/// <inheritdoc cref="IMemoryGovernor"/>
internal sealed class MemoryGovernorService(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, IOptions<MemoryOptions> options, MemoryMetrics metrics, TimeProvider time)
    : GrainService(id, silo, loggers), IMemoryGovernor
{
    private readonly ProcessMemory _memory = new(time, options.Value.BudgetBytes);

    /// <summary>Kept here so that the gauges live as long as the governor.</summary>
    private readonly MemoryMetrics _metrics = metrics;

    public Task<MemorySample> GetSampleAsync() => Task.FromResult(_memory.Read());
}
