using Ingestion.Videos;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Videos;

internal sealed partial class VideoGrain
{
    [LoggerMessage(EventName = "VideoClaimed", Level = LogLevel.Debug, Message = "Video {VideoId} claimed by {Worker}, epoch {Epoch}")]
    private partial void LogClaimed(string videoId, string worker, long epoch);

    [LoggerMessage(EventName = "VideoReady", Level = LogLevel.Information, Message = "Video {VideoId} is ready, processing {Depth}")]
    private partial void LogReady(string videoId, ProcessingDepth depth);

    [LoggerMessage(EventName = "VideoFailed", Level = LogLevel.Information, Message = "Video {VideoId} is {Status}: {ErrorCode}")]
    private partial void LogFailed(string videoId, VideoStatus status, string errorCode);

    [LoggerMessage(EventName = "VideoReprocessed", Level = LogLevel.Information, Message = "Video {VideoId}, which was {Status}, is processed once more")]
    private partial void LogReprocessed(string videoId, VideoStatus status);

    private void LogFinished(string videoId, VideoStatus status, ProcessingDepth depth, string? errorCode)
    {
        if (errorCode is null)
            LogReady(videoId, depth);
        else
            LogFailed(videoId, status, errorCode);
    }

    [LoggerMessage(EventName = "VideoDeleting", Level = LogLevel.Debug, Message = "Video {VideoId} is being removed")]
    private partial void LogDeleting(string videoId);

    [LoggerMessage(EventName = "VideoDeleted", Level = LogLevel.Information, Message = "Video {VideoId} is removed")]
    private partial void LogDeleted(string videoId);

    [LoggerMessage(EventName = "VideoClosed", Level = LogLevel.Information,
        Message = "There is no video {VideoId}, and its id is closed: none can be created any more")]
    private partial void LogClosed(string videoId);

    [LoggerMessage(EventName = "VideoFlushFailed", Level = LogLevel.Warning,
        Message = "The pending work of video {VideoId} (job, events, deletion) could not be done; it is retried")]
    private partial void LogFlushFailed(Exception exception, string videoId);
}
