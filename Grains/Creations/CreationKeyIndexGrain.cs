using Ingestion.Creations;
using Ingestion.Grains.Expiry;
using Ingestion.Grains.Silos.Shedding;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Creations;

/// <inheritdoc cref="ICreationKeyIndexGrain"/>
[Reentrant]
[Reclaimable(bytes: 8000, reads: 1, Never = true)] // A few, called by each sweep.
internal sealed class CreationKeyIndexGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, TimeProvider time,
    ILogger<CreationKeyIndexGrain> logger)
    : DueIndexGrain(storage, context, "creation-key-", time, logger), ICreationKeyIndexGrain
{
    protected override Task<DateTimeOffset?> CheckAsync(string id) => GrainFactory.GetGrain<ICreationKeyGrain>(id).ExpireAsync();
}
