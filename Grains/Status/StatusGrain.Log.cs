using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Status;

internal sealed partial class StatusGrain
{
    [LoggerMessage(EventName = "ProgressStreamFailed", Level = LogLevel.Warning,
        Message = "The progress stream of user {UserId} failed; states are not affected")]
    private partial void LogProgressStreamFailed(Exception exception, string userId);

    [LoggerMessage(EventName = "WebhooksAsleep", Level = LogLevel.Warning,
        Message = "Whether there are webhooks for the events of user {UserId} could not be read; the next event or the next check retries")]
    private partial void LogWebhooksAsleep(Exception exception, string userId);
}
