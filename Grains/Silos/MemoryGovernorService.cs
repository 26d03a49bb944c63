using Ingestion.Grains.Silos.Acting;
using Ingestion.Grains.Silos.Recycling;
using Ingestion.Silos;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos;

/// <inheritdoc cref="IMemoryGovernor"/>
internal sealed partial class MemoryGovernorService(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, GovernorView view, BufferCredits buffers,
    Recycler recycler, ILogger<MemoryGovernorService> logger)
    : GrainService(id, silo, loggers), IMemoryGovernor
{
    private const long Mebibyte = 1024 * 1024;

    public Task<MemorySample> GetSampleAsync() => Task.FromResult(view.ToSample() with { Recycle = recycler.Step });

    public Task SetBufferBudgetAsync(long bytes)
    {
        var before = buffers.Read().BaseLimitBytes;
        LogBufferBudgetSet(logger, before / Mebibyte, bytes / Mebibyte);
        buffers.SetBase(bytes);
        return Task.CompletedTask;
    }

    [LoggerMessage(EventName = "BufferBudgetSet", Level = LogLevel.Information, Message = "Budget of upload buffers: {Before} → {After} MiB")]
    private static partial void LogBufferBudgetSet(ILogger logger, long before, long after);
}
