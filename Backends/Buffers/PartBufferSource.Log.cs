using Microsoft.Extensions.Logging;

namespace Ingestion.Backends.Buffers;

internal sealed partial class PartBufferSource
{
    [LoggerMessage(EventName = "SlowPartStaged", Level = LogLevel.Debug,
        Message = "A part that filled slowly while others waited for memory continues in a file")]
    private partial void LogDemoted();

    [LoggerMessage(EventName = "StagingFailed", Level = LogLevel.Warning,
        Message = "A part that filled slowly could not be moved to a file and stays in memory")]
    private partial void LogDemotionFailed(Exception error);
}
