using System.Globalization;
using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Uploads;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Uploads.Listing;

/// <summary>A user's unfinished uploads, so that another device, or one that has forgotten the addresses, can continue or cancel them.</summary>
internal static class UploadListEndpoints
{
    private const int DefaultPage = 20;
    private const int LongestPage = 100;

    public static void MapUploadList(this IEndpointRouteBuilder routes) => routes
        .MapGet(ResumableEndpoints.Root, ListAsync)
        .RequireAuthorization(Scopes.Upload)
        .WithTags(Tags.Uploads)
        .Operation("listUploads", "Lists your unfinished uploads, newest first. Requests that write to them go on.")
        .Refuses(Problem.LimitInvalid, Problem.CursorInvalid)
        .WithParameters(
            Parameter.Query("cursor", "next_cursor of the page before."), Parameter.Number("limit", "How many at most.", 1, LongestPage, DefaultPage));

    private static async Task<Results<Ok<UploadListJson>, ProblemResult>> ListAsync(HttpContext context, IGrainFactory grains, string? cursor, string? limit)
    {
        if (ParseLimit(limit) is not { } count)
            return Problem.LimitInvalid.ToResult();
        if (cursor is not null && !MediaId.IsValid(cursor))
            return Problem.CursorInvalid.ToResult();
        var owner = context.User.UserId();
        var ids = await grains.GetGrain<IQuotaGrain>(owner).ListUploadsAsync(cursor ?? "", count);
        var found = await Task.WhenAll(ids.Select(id => grains.GetGrain<IUploadGrain>(id).GetInfoAsync(owner)));
        var root = context.LinkRoot();
        var items = ids.Zip(found).Where(upload => IsUnfinished(upload.Second)).Select(upload => UploadJson.Of(upload.First, upload.Second!, root)).ToArray();
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new UploadListJson(items, ids.Count == count ? ids[^1] : null));
    }

    /// <summary>A whole piece is unfinished too: it waits for the upload that it becomes a part of.</summary>
    private static bool IsUnfinished(UploadInfo? info) => info is { State: UploadState.Open or UploadState.Completing }
        or { State: UploadState.Completed, Kind: UploadKind.Partial };

    private static int? ParseLimit(string? text)
    {
        if (text is null)
            return DefaultPage;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= LongestPage ? limit : null;
    }
}
