using Microsoft.Extensions.Logging;

namespace Ingestion.Backends.JobQueue.Files;

internal sealed partial class JobJournal
{
    [LoggerMessage(EventName = "JobJournalTornTail", Level = LogLevel.Warning,
        Message = "The job journal {Path} ended in {Bytes} bytes that a crash left half written; cut back to {Length}. No acknowledged job was in them")]
    private partial void LogTornTail(string path, long bytes, long length);

    [LoggerMessage(EventName = "JobJournalWriteFailed", Level = LogLevel.Error,
        Message = "The job journal {Path} can't be written; jobs are refused until it can")]
    private partial void LogWriteFailed(Exception exception, string path);

    [LoggerMessage(EventName = "JobJournalRecovered", Level = LogLevel.Information, Message = "The job journal {Path} is written again")]
    private partial void LogRecovered(string path);

    [LoggerMessage(EventName = "JobJournalCompacted", Level = LogLevel.Debug, Message = "The job journal {Path} was compacted from {Before} to {After} bytes")]
    private partial void LogCompacted(string path, long before, long after);

    [LoggerMessage(EventName = "JobJournalCompactionFailed", Level = LogLevel.Warning,
        Message = "The job journal {Path} could not be compacted; it keeps growing")]
    private partial void LogCompactionFailed(Exception exception, string path);
}
