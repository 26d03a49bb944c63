using Ingestion.Grains.Expiry;
using Ingestion.Grains.Silos.Shedding;
using Ingestion.Status;
using Ingestion.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Webhooks;

/// <inheritdoc cref="IWebhookIndexGrain"/>
[Reentrant]
[Reclaimable(bytes: 8000, reads: 1, Never = true)] // A few, called by each sweep.
internal sealed class WebhookIndexGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, TimeProvider time,
    ILogger<WebhookIndexGrain> logger)
    : DueIndexGrain(storage, context, "webhook-", time, logger), IWebhookIndexGrain
{
    protected override Task<DateTimeOffset?> CheckAsync(string id) => WebhookShards.IsOfHandover(this.GetPrimaryKeyString())
        ? GrainFactory.GetGrain<IStatusGrain>(id).CheckHandoverAsync()
        : GrainFactory.GetGrain<IWebhookGrain>(id).CheckAsync();
}
