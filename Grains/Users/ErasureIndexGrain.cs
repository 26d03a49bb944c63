using Ingestion.Grains.Expiry;
using Ingestion.Grains.Silos.Shedding;
using Ingestion.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Users;

/// <inheritdoc cref="IErasureIndexGrain"/>
[Reentrant]
[Reclaimable(bytes: 8000, reads: 1, Never = true)] // A few, called by each sweep.
internal sealed class ErasureIndexGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, TimeProvider time,
    ILogger<ErasureIndexGrain> logger)
    : DueIndexGrain(storage, context, "erasure-", time, logger), IErasureIndexGrain
{
    protected override Task<DateTimeOffset?> CheckAsync(string id) => GrainFactory.GetGrain<IErasureGrain>(id).CheckAsync();
}
