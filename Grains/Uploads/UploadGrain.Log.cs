using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Uploads;

internal sealed partial class UploadGrain
{
    [LoggerMessage(EventName = "UploadCompleted", Level = LogLevel.Information, Message = "Upload {UploadId} completed: {Bytes} bytes in {Parts} parts")]
    private partial void LogCompleted(string uploadId, long bytes, int parts);

    [LoggerMessage(EventName = "UploadAborted", Level = LogLevel.Information, Message = "Upload {UploadId} given up after {Bytes} acknowledged bytes; they are removed")]
    private partial void LogAborted(string uploadId, long bytes);

    [LoggerMessage(EventName = "JobDeferred", Level = LogLevel.Warning, Message = "The queue did not take the job of {UploadId}; the video's outbox will send it")]
    private partial void LogJobDeferred(Exception exception, string uploadId);
}
