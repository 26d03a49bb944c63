namespace Ingestion.Silo.Worker;

internal sealed partial class JobRunner
{
    [LoggerMessage(EventName = "JobDeadLettered", Level = LogLevel.Error,
        Message = "The job of video {VideoId} failed {Attempts} times and is in the dead letters")]
    private partial void LogDeadLettered(string videoId, long attempts);

    [LoggerMessage(EventName = "JobAttemptFailed", Level = LogLevel.Warning,
        Message = "Processing of video {VideoId} failed, attempt {Attempt}; it will be retried")]
    private partial void LogAttemptFailed(Exception exception, string videoId, long attempt);

    [LoggerMessage(EventName = "SourceChanged", Level = LogLevel.Warning,
        Message = "The stored source of video {VideoId} is not what it was: SHA-256 {Before} when it was last processed, {Now} now")]
    private partial void LogSourceChanged(string videoId, string before, string now);

    [LoggerMessage(EventName = "JobHeartbeatFailed", Level = LogLevel.Warning, Message = "The claim on video {VideoId} could not be prolonged")]
    private partial void LogHeartbeatFailed(Exception exception, string videoId);
}
