using Ingestion.Grains.Silos.Shedding;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Videos;

/// <inheritdoc cref="ILibraryGrain"/>
/// <remarks>Reentrant, so that the videos of many uploads at once share their writes.</remarks>
[Reentrant]
[Reclaimable(bytes: 3500, reads: 2)]
internal sealed class LibraryGrain : Grain, ILibraryGrain
{
    private readonly VideoList _videos;

    public LibraryGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context) =>
        _videos = new VideoList(storage, context.GrainId, "library");

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _videos.LoadAsync();

    public Task<long> AddAsync(string videoId) => _videos.AddAsync(videoId);

    public Task RemoveAsync(long position, string videoId) => _videos.RemoveAsync(position, videoId);

    public Task EraseAsync() => _videos.EraseAsync();

    public async Task<LibraryPage> ListAsync(long? cursor, int limit)
    {
        var view = await _videos.ReadAsync(new LibraryQuery(cursor, limit, OldestFirst: false));
        return new LibraryPage([.. view.Videos.Select(video => video.VideoId)], view.IsLast ? null : view.Videos[^1].Position);
    }

    public Task<LibraryView> ReadAsync(LibraryQuery query) => _videos.ReadAsync(query);
}
