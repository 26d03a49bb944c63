namespace Ingestion.Api.Uploads.Sessions;

internal sealed partial class UploadSession
{
    [LoggerMessage(EventName = "UploadRestLost", Level = LogLevel.Warning,
        Message = "Upload {UploadId} was interrupted and what came behind {Offset} could not be stored; its client sends it again")]
    private partial void LogRestLost(Exception exception, string uploadId, long offset);
}
