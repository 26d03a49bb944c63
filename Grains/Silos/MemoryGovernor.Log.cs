using Ingestion.Silos;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos;

internal sealed partial class MemoryGovernor
{
    private const long Mebibyte = 1024 * 1024;

    [LoggerMessage(EventName = "MemoryLevelChanged",
        Message = "Memory level {Before} → {Level} ({Cause}): RSS {Resident} of {Budget} MiB, tools {Tools} MiB, {Slope:+0.0;-0.0;0.0} MiB/s")]
    private partial void LogLevelChanged(
        LogLevel severity, MemoryLevel before, MemoryLevel level, MemoryCause cause, long resident, long budget, long tools, double slope);

    [LoggerMessage(EventName = "MemoryActionJudged", Level = LogLevel.Information,
        Message = "Memory action {Action} for {Cause} at level {Level}: {Predicted} MiB predicted, {Freed} MiB freed")]
    private partial void LogAction(MemoryAction action, MemoryCause cause, MemoryLevel level, long predicted, long freed);

    [LoggerMessage(EventName = "MemoryReclaimed", Level = LogLevel.Information,
        Message = "Memory reclaimed: RSS {Before} → {After} MiB in {Milliseconds:0} ms")]
    private partial void LogReclaimed(long before, long after, double milliseconds);
}
