using Ingestion.Silos;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos;

/// <inheritdoc cref="IMemoryGovernor"/>
internal sealed partial class MemoryGovernorService(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, SiloMemory memory, MemoryMetrics metrics,
    ILogger<SiloMemory> logger)
    : GrainService(id, silo, loggers), IMemoryGovernor
{
    private const long Mebibyte = 1024 * 1024;

    /// <summary>Kept here so that the gauges live as long as the governor.</summary>
    private readonly MemoryMetrics _metrics = metrics;

    public Task<MemorySample> GetSampleAsync() => Task.FromResult(memory.Read());

    public Task SetBufferBudgetAsync(long bytes)
    {
        if (memory.Buffers is { } buffers)
        {
            LogBufferBudgetSet(logger, buffers.LimitBytes / Mebibyte, bytes / Mebibyte);
            buffers.LimitBytes = bytes;
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(EventName = "BufferBudgetSet", Level = LogLevel.Information, Message = "Budget of upload buffers: {Before} → {After} MiB")]
    private static partial void LogBufferBudgetSet(ILogger logger, long before, long after);
}
