using Microsoft.Extensions.Logging;

namespace Ingestion.Backends.JobQueue.Files;

internal sealed partial class FileJobQueue
{
    [LoggerMessage(EventName = "JobQueueOpened", Level = LogLevel.Debug, Message = "The job queue {Path} is open with {Jobs} jobs")]
    private partial void LogOpened(string path, int jobs);

    [LoggerMessage(EventName = "JobReturned", Level = LogLevel.Warning,
        Message = "Job {JobId} of video {VideoId} was redelivered: its worker did not finish in time; attempt {Attempt} begins")]
    private partial void LogReturned(long jobId, string videoId, int attempt);

    [LoggerMessage(EventName = "JobDeadLettered", Level = LogLevel.Error,
        Message = "Job {JobId} of video {VideoId} went to the dead letters after {Attempt} attempts: {Reason}")]
    private partial void LogDeadLettered(long jobId, string videoId, int attempt, string reason);
}
