using Microsoft.Extensions.Logging;

namespace Ingestion.Backends.JobQueue.Sqs;

internal sealed partial class SqsJobQueue
{
    [LoggerMessage(EventName = "JobReceiptStale", Level = LogLevel.Warning,
        Message = "The delivery of the job of video {VideoId} is over ({ErrorCode}); another worker may have it")]
    private partial void LogStale(string videoId, string errorCode);

    [LoggerMessage(EventName = "JobDeadLettered", Level = LogLevel.Error,
        Message = "The job of video {VideoId} went to the dead letters after {Attempt} attempts: {Reason}")]
    private partial void LogDeadLettered(string videoId, int attempt, string reason);

    [LoggerMessage(EventName = "JobMessageRejected", Level = LogLevel.Error,
        Message = "Message {MessageId} is no job that this version reads; moved to the dead letters as it is")]
    private partial void LogRejected(string? messageId);

    [LoggerMessage(EventName = "JobMessageNotRejected", Level = LogLevel.Error,
        Message = "Message {MessageId} is no job that this version reads, and the dead-letter queue does not take it: {Reason}")]
    private partial void LogNotRejected(string? messageId, string reason);

    [LoggerMessage(EventName = "JobsNotPutBack", Level = LogLevel.Debug,
        Message = "{Jobs} jobs could not be put back for the turn of other owners ({Reason}); they come back when their visibility ends")]
    private partial void LogNotPutBack(string reason, int jobs);
}
