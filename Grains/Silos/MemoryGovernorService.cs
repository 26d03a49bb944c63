using Ingestion.Silos;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos;

/// <inheritdoc cref="IMemoryGovernor"/>
internal sealed partial class MemoryGovernorService(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, SiloMemory memory, MemoryMetrics metrics, ILogger<MemoryGovernorService> logger)
    : GrainService(id, silo, loggers), IMemoryGovernor
{
    /// <summary>Kept here so that the gauges live as long as the governor.</summary>
    private readonly MemoryMetrics _metrics = metrics;

    public Task<MemorySample> GetSampleAsync() => Task.FromResult(memory.Read());

    public Task SetBufferBudgetAsync(long bytes)
    {
        if (memory.Buffers is { } buffers)
        {
            LogBufferBudgetSet(logger, buffers.LimitBytes, bytes);
            buffers.LimitBytes = bytes;
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(EventName = "BufferBudgetSet", Level = LogLevel.Information, Message = "The budget of upload buffers goes from {Before} to {After} bytes")]
    private static partial void LogBufferBudgetSet(ILogger logger, long before, long after);
}
