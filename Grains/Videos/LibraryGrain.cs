using Ingestion.Grains.Storage;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Videos;

/// <inheritdoc cref="ILibraryGrain"/>
/// <remarks>Reentrant, so that the videos of many uploads at once share their writes.</remarks>
[Reentrant]
internal sealed class LibraryGrain : Grain, ILibraryGrain
{
    // 64 ids are 3 KB of JSON: a small write, and 1,600 segments for 100,000 videos.
    private const int SegmentCapacity = 64;

    private readonly SegmentedLog<string> _videos;

    public LibraryGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context) =>
        _videos = new SegmentedLog<string>(storage, context.GrainId, "library", SegmentCapacity);

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _videos.LoadAsync();

    public async Task<long> AddAsync(string videoId)
    {
        await _videos.LoadAsync();
        var known = _videos.Tail.FirstOrDefault(item => item.Item == videoId);
        return known.Offset > 0 ? known.Offset : await _videos.AppendAsync([videoId]);
    }

    public async Task RemoveAsync(long position, string videoId)
    {
        await _videos.LoadAsync();
        if (await _videos.ReadBackwardsAsync(position + 1, 1) is [var item] && item.Offset == position && item.Item == videoId)
            await _videos.ClearAsync(position);
    }

    public Task EraseAsync() => _videos.EraseAsync();

    public async Task<LibraryPage> ListAsync(long? cursor, int limit)
    {
        await _videos.LoadAsync();
        var begin = _videos.Begin;
        var items = await _videos.ReadBackwardsAsync(cursor ?? long.MaxValue, limit);
        long? next = items.Count == limit && items[^1].Offset > begin ? items[^1].Offset : null;
        return new LibraryPage([.. items.Select(item => item.Item)], next);
    }
}
