using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Status;

internal sealed partial class StatusGrain
{
    [LoggerMessage(EventName = "ProgressStreamFailed", Level = LogLevel.Warning, Message = "The progress stream of user {UserId} failed; states are not affected")]
    private partial void LogProgressStreamFailed(Exception exception, string userId);

    [LoggerMessage(EventName = "WebhooksAsleep", Level = LogLevel.Warning, Message = "The webhooks of user {UserId} could not be woken; the next event or the next check wakes them")]
    private partial void LogWebhooksAsleep(Exception exception, string userId);
}
