using Ingestion.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Memory;

/// <inheritdoc cref="IMemoryGovernor"/>
internal sealed class MemoryGovernorService(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, IOptions<MemoryOptions> options, TimeProvider time)
    : GrainService(id, silo, loggers), IMemoryGovernor
{
    private readonly ProcessMemory _memory = new(time, options.Value.BudgetMebibytes * 1024L * 1024L);

    public Task<MemorySample> GetSampleAsync() => Task.FromResult(_memory.Read());
}
