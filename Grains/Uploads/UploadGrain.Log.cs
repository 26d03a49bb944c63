using Ingestion.Uploads;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Uploads;

internal sealed partial class UploadGrain
{
    [LoggerMessage(EventName = "UploadCompleted", Level = LogLevel.Information, Message = "Upload {UploadId} completed: {Bytes} bytes in {Parts} parts")]
    private partial void LogCompleted(string uploadId, long bytes, int parts);

    [LoggerMessage(EventName = "UploadEnded", Level = LogLevel.Information,
        Message = "Upload {UploadId} ended as {State} ({Code}) after {Bytes} acknowledged bytes; they are removed")]
    private partial void LogEnded(string uploadId, UploadState state, string? code, long bytes);

    [LoggerMessage(EventName = "UploadClosed", Level = LogLevel.Information,
        Message = "There is no upload {UploadId}, and its id is closed: none can be created any more")]
    private partial void LogClosed(string uploadId);

    [LoggerMessage(EventName = "UploadTakenOver", Level = LogLevel.Debug, Message = "Upload {UploadId} has a new writer at {Offset}; the old one is refused")]
    private partial void LogTakenOver(string uploadId, long offset);

    [LoggerMessage(EventName = "UploadUnfinished", Level = LogLevel.Warning, Message = "Upload {UploadId} is {State} and could not be finished; it is retried")]
    private partial void LogUnfinished(Exception exception, string uploadId, UploadState state);

    [LoggerMessage(EventName = "UploadUnpublished", Level = LogLevel.Warning,
        Message = "The first event of upload {UploadId} could not be published; it is published again before the next one")]
    private partial void LogUnpublished(Exception exception, string uploadId);

    [LoggerMessage(EventName = "PiecesLeft", Level = LogLevel.Warning, Message = "The pieces of upload {UploadId} could not be removed; it is retried")]
    private partial void LogPiecesLeft(Exception exception, string uploadId);

    [LoggerMessage(EventName = "LeaseNotKept", Level = LogLevel.Warning,
        Message = "The lease of upload {UploadId} could not be kept for the next activation; its request is interrupted")]
    private partial void LogLeaseNotKept(Exception exception, string uploadId);

    [LoggerMessage(EventName = "JobDeferred", Level = LogLevel.Warning,
        Message = "The queue did not take the job of {UploadId}; the video's outbox will send it")]
    private partial void LogJobDeferred(Exception exception, string uploadId);
}
