using Ingestion.Grains.Expiry;
using Ingestion.Grains.Silos.Shedding;
using Ingestion.Uploads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Uploads;

/// <inheritdoc cref="IUploadIndexGrain"/>
[Reentrant]
[Reclaimable(bytes: 8000, reads: 1, Never = true)] // A few, called by each sweep.
internal sealed class UploadIndexGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, TimeProvider time,
    ILogger<UploadIndexGrain> logger)
    : DueIndexGrain(storage, context, "", time, logger), IUploadIndexGrain
{
    protected override Task<DateTimeOffset?> CheckAsync(string id) => GrainFactory.GetGrain<IUploadGrain>(id).ExpireAsync();
}
