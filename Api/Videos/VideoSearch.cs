using System.Collections.Frozen;
using System.Globalization;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Videos;

namespace Ingestion.Api.Videos;

/// <summary>A page of one's videos, as its query wants it.</summary>
/// <param name="Page">Where it begins, how long it is, and its order.</param>
/// <param name="ExternalId">Only videos with this id of the caller's own.</param>
/// <param name="Statuses">Only videos in one of these; null: in any.</param>
/// <param name="CreatedAfter">Only videos that began later.</param>
/// <param name="CreatedBefore">Only videos that began earlier.</param>
internal sealed record VideoSearch(
    LibraryQuery Page, string? ExternalId, IReadOnlySet<VideoStatus>? Statuses, DateTimeOffset? CreatedAfter, DateTimeOffset? CreatedBefore)
{
    private const int DefaultPage = 20;
    private const int LongestPage = 100;

    // A record that does not match has been read all the same: a page ends once it has looked at so many, and the next one continues there.
    internal const int MostRecords = 200;

    private static readonly FrozenDictionary<string, VideoStatus> _statuses =
        new[] { VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Processing, VideoStatus.Playable, VideoStatus.Ready, VideoStatus.Failed }
            .ToFrozenDictionary(status => status.WireName);

    /// <summary>Its query parameters.</summary>
    public static Parameter[] Parameters { get; } =
    [
        Parameter.Query("cursor", "next_cursor of the page before, with the same other parameters."),
        Parameter.Number("limit", "How many at most. A page with filters may have fewer, even none, and a next_cursor.", 1, LongestPage, DefaultPage),
        Parameter.Query("external_id", "Only videos with this external_id; found by an index."),
        Parameter.Query("status", $"Only videos in one of these, comma-separated: {string.Join(", ", _statuses.Keys.Order())}."),
        Parameter.Query("sort", "-created: newest first, as it is without; created: oldest first."),
        Parameter.Query("created_after", "Only videos that were created later than this time of RFC 3339."),
        Parameter.Query("created_before", "Only videos that were created earlier than this time of RFC 3339."),
    ];

    /// <summary>The search, or why there is none.</summary>
    public static (VideoSearch? Search, Problem? Problem) Read(IQueryCollection query)
    {
        int? limit = DefaultPage;
        if (Text(query, "limit") is { } count)
            limit = int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= LongestPage ? number : null;
        if (limit is null)
            return (null, Problem.LimitInvalid);
        long? cursor = null;
        if (Text(query, "cursor") is { } place)
        {
            if (!long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
                return (null, Problem.CursorInvalid);
            cursor = position;
        }

        if (Text(query, "sort") is not (null or "created" or "-created") and var sort)
            return (null, Problem.SortInvalid with { Detail = $"There is no order {sort}." });
        if (Text(query, "external_id") is { } externalId && !CallerData.IsExternalId(externalId))
            return (null, Problem.ExternalIdInvalid);
        var names = Text(query, "status")?.Split(',');
        if (names?.Any(name => !_statuses.ContainsKey(name)) is true)
            return (null, Problem.StatusInvalid);
        if (!TryReadTime(query, "created_after", out var after) || !TryReadTime(query, "created_before", out var before))
            return (null, Problem.TimeInvalid);
        return (new VideoSearch(new LibraryQuery(cursor, limit.Value, Text(query, "sort") is "created"), Text(query, "external_id"),
            names?.Select(name => _statuses[name]).ToHashSet(), after, before), null);
    }

    /// <summary>Reads the page.</summary>
    /// <returns>The records, and the cursor of the next page; null on the last one.</returns>
    public async Task<(IReadOnlyList<VideoRecord> Records, long? Next)> RunAsync(IGrainFactory grains, string owner)
    {
        var (found, looked) = (new List<VideoRecord>(), 0);
        // A page of one video must not look at the records one by one.
        var next = HasFilters ? Page with { Limit = Math.Clamp(2 * Page.Limit, DefaultPage, LongestPage) } : Page;
        while (true)
        {
            var view = ExternalId is { } id
                ? await grains.GetGrain<IExternalIdGrain>(ExternalIds.KeyOf(owner, id)).ReadAsync(next)
                : await grains.GetGrain<ILibraryGrain>(owner).ReadAsync(next);
            var records = await Task.WhenAll(view.Videos.Select(video => grains.GetGrain<IVideoGrain>(video.VideoId).GetAsync(owner)));
            for (var i = 0; i < records.Length; i++)
            {
                next = next with { Cursor = view.Videos[i].Position };
                if (records[i] is not { } record || !Matches(record))
                    continue;
                found.Add(record);
                if (found.Count == Page.Limit)
                    return (found, view.IsLast && i == records.Length - 1 ? null : next.Cursor);
            }

            looked += records.Length;
            if (view.IsLast)
                return (found, null);
            if (looked >= MostRecords || !HasFilters)
                return (found, next.Cursor);
        }
    }

    private bool HasFilters => ExternalId is not null || Statuses is not null || CreatedAfter is not null || CreatedBefore is not null;

    // The list of an external id may name a video that has another one by now.
    internal bool Matches(VideoRecord record) =>
        (ExternalId is null || record.Caller?.ExternalId == ExternalId) && Statuses?.Contains(record.Status) is not false
            && !(WireTime.Cut(record.CreatedAt) <= CreatedAfter) && !(WireTime.Cut(record.CreatedAt) >= CreatedBefore);

    private static string? Text(IQueryCollection query, string name) => query.TryGetValue(name, out var values) ? values.ToString() : null;

    private static bool TryReadTime(IQueryCollection query, string name, out DateTimeOffset? time)
    {
        time = null;
        if (Text(query, name) is not { } text)
            return true;
        var isTime = WireTime.TryParse(text, out var parsed);
        time = parsed;
        return isTime;
    }
}
