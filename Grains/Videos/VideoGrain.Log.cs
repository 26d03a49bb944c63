using Ingestion.Videos;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Videos;

internal sealed partial class VideoGrain
{
    [LoggerMessage(EventName = "VideoClaimed", Level = LogLevel.Information, Message = "Video {VideoId} claimed by {Worker}, epoch {Epoch}")]
    private partial void LogClaimed(string videoId, string worker, long epoch);

    [LoggerMessage(EventName = "VideoFinished", Level = LogLevel.Information, Message = "Video {VideoId} is {Status}, processing {Depth}, error {ErrorCode}")]
    private partial void LogFinished(string videoId, VideoStatus status, ProcessingDepth depth, string? errorCode);

    [LoggerMessage(EventName = "VideoDeleting", Level = LogLevel.Information, Message = "Video {VideoId} is being removed")]
    private partial void LogDeleting(string videoId);

    [LoggerMessage(EventName = "VideoDeleted", Level = LogLevel.Information, Message = "Video {VideoId} is removed")]
    private partial void LogDeleted(string videoId);

    [LoggerMessage(EventName = "VideoUnsettled", Level = LogLevel.Warning, Message = "Video {VideoId} could not tell all of its change yet and will retry")]
    private partial void LogUnsettled(Exception exception, string videoId);
}
