using Ingestion.Silos;
using Ingestion.Silos.Recycling;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos.Recycling;

internal sealed partial class Recycler
{
    [LoggerMessage(EventName = "RecycleWanted", Level = LogLevel.Information,
        Message = "To recycle itself ({Reason}) after {Uptime:0} s, {Requests} requests, at memory level {Level}")]
    private partial void LogWanted(RecycleReason reason, double uptime, long requests, MemoryLevel level);

    [LoggerMessage(EventName = "RecycleLeaseRefused", Level = LogLevel.Information,
        Message = "Recycling waits: silo {Silo} has the lease until {Until:HH:mm:ss} UTC or until it is back")]
    private partial void LogRefused(SiloAddress silo, DateTimeOffset until);

    [LoggerMessage(EventName = "RecycleLeaseUnreached", Level = LogLevel.Warning, Message = "Recycling waits: the lease can't be had")]
    private partial void LogUnreached(Exception exception);

    [LoggerMessage(EventName = "RecycleDropped", Level = LogLevel.Information, Message = "Not to recycle itself any more: memory level {Level}")]
    private partial void LogDropped(MemoryLevel level);

    [LoggerMessage(EventName = "RecycleBegun", Level = LogLevel.Information,
        Message = "Recycling ({Reason}): lease taken until {Until:HH:mm:ss} UTC, {Others} other silos take requests meanwhile")]
    private partial void LogBegun(RecycleReason reason, DateTimeOffset until, int others);

    [LoggerMessage(EventName = "RecycleBegunAlone", Level = LogLevel.Warning,
        Message = "Recycling ({Reason}): lease taken until {Until:HH:mm:ss} UTC. No other silo takes requests meanwhile")]
    private partial void LogBegunAlone(RecycleReason reason, DateTimeOffset until);

    [LoggerMessage(EventName = "RecycleCompleted", Level = LogLevel.Information, Message = "Back after it recycled itself ({Reason})")]
    private partial void LogCompleted(string reason);
}
