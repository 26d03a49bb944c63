using Ingestion.Grains.Expiry;
using Ingestion.Grains.Silos.Shedding;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Videos;

/// <inheritdoc cref="IVideoIndexGrain"/>
[Reentrant]
[Reclaimable(bytes: 8000, reads: 1, Never = true)] // A few, called by each sweep.
internal sealed class VideoIndexGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, TimeProvider time,
    ILogger<VideoIndexGrain> logger)
    : DueIndexGrain(storage, context, "video-", time, logger), IVideoIndexGrain
{
    protected override Task<DateTimeOffset?> CheckAsync(string id) => GrainFactory.GetGrain<IVideoGrain>(id).CheckAsync();
}
