using System.Globalization;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads.Listing;

/// <summary>A page of one's unfinished uploads, as its query wants it.</summary>
/// <param name="Before">Uploads before this id; empty: from the newest on.</param>
/// <param name="Limit">How many at most.</param>
/// <param name="ExternalId">Only uploads with this id of the caller's own; null: all.</param>
internal sealed record UploadSearch(string Before, int Limit, string? ExternalId)
{
    private const int DefaultPage = 20;
    private const int LongestPage = 100;

    // A record that does not match has been read all the same: a page ends once it has looked at so many, and the next one continues there.
    private const int MostRecords = 200;

    /// <summary>Its query parameters.</summary>
    public static Parameter[] Parameters { get; } =
    [
        Parameter.Query("cursor", "next_cursor of the page before, with the same other parameters."),
        Parameter.Number("limit", "How many at most. A page may have fewer, even none, and a next_cursor.", 1, LongestPage, DefaultPage),
        Parameter.Query("external_id", "Only uploads with this external_id."),
    ];

    /// <summary>The search, or why there is none.</summary>
    public static (UploadSearch? Search, Problem? Problem) Read(IQueryCollection query)
    {
        var (cursor, limit, externalId) = (Text(query, "cursor"), Text(query, "limit"), Text(query, "external_id"));
        var count = DefaultPage;
        if (limit is not null && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 1 and <= LongestPage))
            return (null, Problem.LimitInvalid);
        if (cursor is not null && !MediaId.IsValid(cursor))
            return (null, Problem.CursorInvalid);
        if (externalId is not null && !CallerData.IsExternalId(externalId))
            return (null, Problem.ExternalIdInvalid);
        return (new UploadSearch(cursor ?? "", count, externalId), null);
    }

    /// <summary>Reads the page.</summary>
    /// <returns>The uploads, newest first, and the cursor of the next page; null on the last one.</returns>
    public async Task<(IReadOnlyList<(string Id, UploadInfo Info)> Uploads, string? Next)> RunAsync(IGrainFactory grains, string owner)
    {
        var quota = grains.GetGrain<IQuotaGrain>(owner);
        var found = new List<(string, UploadInfo)>();
        var (before, step) = (Before, ExternalId is null ? Limit : LongestPage);
        for (var looked = 0; looked < MostRecords; looked += step)
        {
            var ids = await quota.ListUploadsAsync(before, step);
            var infos = await Task.WhenAll(ids.Select(id => grains.GetGrain<IUploadGrain>(id).GetInfoAsync(owner)));
            for (var i = 0; i < ids.Count; i++)
            {
                before = ids[i];
                if (infos[i] is not { } info || !Matches(info))
                    continue;
                found.Add((before, info));
                if (found.Count == Limit)
                    return (found, ids.Count < step && i == ids.Count - 1 ? null : before);
            }

            if (ids.Count < step)
                return (found, null);
            if (ExternalId is null)
                break;
        }

        return (found, before);
    }

    private bool Matches(UploadInfo info) => IsUnfinished(info) && (ExternalId is null || info.Caller?.ExternalId == ExternalId);

    /// <summary>A whole piece is unfinished too: it waits for the upload that it becomes a part of.</summary>
    private static bool IsUnfinished(UploadInfo info) => info is { State: UploadState.Open or UploadState.Completing }
        or { State: UploadState.Completed, Kind: UploadKind.Partial };

    private static string? Text(IQueryCollection query, string name) => query.TryGetValue(name, out var values) ? values.ToString() : null;
}
