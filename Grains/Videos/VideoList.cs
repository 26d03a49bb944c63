using Ingestion.Grains.Storage;
using Ingestion.Videos;
using Orleans.Storage;

namespace Ingestion.Grains.Videos;

/// <summary>A list of video ids in segments of bounded size, in the order in which they came.</summary>
internal sealed class VideoList(IGrainStorage storage, GrainId owner, string name)
{
    // 64 ids are 3 KB of JSON: a small write, and 1,600 segments for 100,000 videos.
    public const int SegmentCapacity = 64;

    private readonly SegmentedLog<string> _videos = new(storage, owner, name, SegmentCapacity);
    private readonly Dictionary<string, Task<long>> _underWay = new(StringComparer.Ordinal);

    // The newest, of earlier activations too; of a user with up to 64 videos nothing is read for them.
    private readonly RecentIds _recent = new();
    private int? _changesSeen;

    public Task LoadAsync() => _videos.LoadAsync();

    /// <summary>Lists a video and returns its place. The same id again changes nothing as long as it is among the newest 256.</summary>
    public async Task<long> AddAsync(string videoId)
    {
        await ReadRecentAsync();
        if (_recent.Contains(videoId) && await FindAsync(videoId) is { } place)
            return place;
        // A call that was rejected and carried out all the same comes again while its write is under way.
        if (_underWay.TryGetValue(videoId, out var first))
            return await first;
        var writing = _underWay[videoId] = _videos.AppendAsync([videoId]);
        try
        {
            var added = await writing;
            _recent.Add([videoId]);
            return added;
        }
        finally
        {
            _underWay.Remove(videoId);
        }
    }

    /// <summary>Takes a video off the list; when it is not at that place, nothing changes.</summary>
    public async Task RemoveAsync(long position, string videoId)
    {
        await _videos.LoadAsync();
        if (await _videos.ReadBackwardsAsync(position + 1, 1) is [var item] && item.Offset == position && item.Item == videoId)
            await _videos.ClearAsync(position);
    }

    /// <summary>Whether any video is listed.</summary>
    public async Task<bool> AnyAsync()
    {
        await _videos.LoadAsync();
        return await _videos.ReadBackwardsAsync(long.MaxValue, 1) is [_];
    }

    /// <summary>The list goes as a whole.</summary>
    public Task EraseAsync() => _videos.EraseAsync();

    /// <summary>A page. Videos that are added meanwhile are at the end: no page misses one or has one twice.</summary>
    public async Task<LibraryView> ReadAsync(LibraryQuery query)
    {
        await _videos.LoadAsync();
        var (begin, end) = (_videos.Begin, _videos.End);
        var items = query.OldestFirst
            ? await _videos.ReadForwardsAsync(query.Cursor ?? 0, query.Limit)
            : await _videos.ReadBackwardsAsync(query.Cursor ?? long.MaxValue, query.Limit);
        var isLast = items.Count < query.Limit || (query.OldestFirst ? items[^1].Offset >= end : items[^1].Offset <= begin);
        return new LibraryView([.. items.Select(item => new LibraryEntry(item.Offset, item.Item))], isLast);
    }

    /// <summary>Once, and again when the list was written to elsewhere, or by a write whose answer did not come.</summary>
    private async Task ReadRecentAsync()
    {
        await _videos.LoadAsync();
        while (_changesSeen != _videos.Changes)
        {
            var changes = _videos.Changes;
            var newest = await _videos.ReadBackwardsAsync(long.MaxValue, RecentIds.Most);
            _recent.Add(newest.Select(item => item.Item).Reverse());
            _changesSeen = changes;
            await _videos.LoadAsync();
        }
    }

    /// <summary>Its place; null when it is not listed any more.</summary>
    private async Task<long?> FindAsync(string videoId)
    {
        var newest = await _videos.ReadBackwardsAsync(long.MaxValue, 2 * RecentIds.Most);
        return newest.Find(item => item.Item == videoId) is { Offset: > 0 } found ? found.Offset : null;
    }
}
