using Ingestion.Grains.Silos.Shedding;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Ingestion.Grains.Videos;

/// <inheritdoc cref="IExternalIdGrain"/>
/// <remarks>Not reentrant: between the look at an empty list and its removal nothing may be added.</remarks>
[CollectionAgeLimit(Minutes = 2)]
[Reclaimable(bytes: 3300, reads: 2)]
internal sealed class ExternalIdGrain : Grain, IExternalIdGrain
{
    private readonly VideoList _videos;

    public ExternalIdGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context) =>
        _videos = new VideoList(storage, context.GrainId, "videos");

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _videos.LoadAsync();

    public Task<long> AddAsync(string videoId) => _videos.AddAsync(videoId);

    public async Task RemoveAsync(long position, string videoId)
    {
        await _videos.RemoveAsync(position, videoId);
        if (!await _videos.AnyAsync())
            await _videos.EraseAsync();
    }

    public Task<LibraryView> ReadAsync(LibraryQuery query) => _videos.ReadAsync(query);
}
