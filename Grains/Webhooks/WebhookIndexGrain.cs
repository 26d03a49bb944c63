using Ingestion.Grains.Expiry;
using Ingestion.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Webhooks;

/// <inheritdoc cref="IWebhookIndexGrain"/>
[Reentrant]
internal sealed partial class WebhookIndexGrain(
    [FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, TimeProvider time, ILogger<WebhookIndexGrain> logger)
    : DueIndexGrain(storage, context, "webhook-", time), IWebhookIndexGrain
{
    protected override Task<DateTimeOffset?> AskAsync(string id) => GrainFactory.GetGrain<IWebhookGrain>(id).CheckAsync();

    protected override void LogUnasked(Exception exception, string id) => LogUnchecked(exception, id);

    [LoggerMessage(EventName = "WebhooksUnchecked", Level = LogLevel.Warning, Message = "The webhooks of user {UserId} could not be checked; they will be later")]
    private partial void LogUnchecked(Exception exception, string userId);
}
