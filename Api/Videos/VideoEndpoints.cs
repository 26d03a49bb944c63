using System.Globalization;
using Ingestion.Api.Audit;
using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Videos;

/// <summary>Reading and removing one's own videos.</summary>
internal static class VideoEndpoints
{
    private const int DefaultPage = 20;
    private const int LongestPage = 100;

    private static readonly string[] _methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapVideos(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/api").RequireAuthorization(Scopes.Read).WithTags(Tags.Videos);
        read.MapGet("/videos", ListAsync)
            .Operation("listVideos", "Lists your videos, newest first.")
            .Refuses(Problem.LimitInvalid, Problem.CursorInvalid)
            .WithParameters(
            Parameter.Query("cursor", "next_cursor of the page before."), Parameter.Number("limit", "How many at most.", 1, LongestPage, DefaultPage));
        read.MapGet("/videos/{id}", GetAsync).LimitsUnknownIds().Operation("getVideo", "A video's record.").Refuses(Problem.NotFound);
        read.MapGet("/tasks/{id}", GetAsync).LimitsUnknownIds().Operation("getTask", "The same record, by the id of the task that processes it.")
            .Refuses(Problem.NotFound);
        read.MapMethods("/videos/{id}/source", _methods, GetSourceAsync).LimitsUnknownIds()
            .Operation("getVideoSource", "The bytes as they were uploaded, whole or one range of them.")
            .DescribeObject("video/*", "application/octet-stream");
        read.MapMethods("/videos/{id}/poster", _methods, GetPosterAsync).LimitsUnknownIds().Operation("getVideoPoster", "A still of the video.")
            .DescribeObject("image/jpeg");
        var change = routes.MapGroup("/api/videos/{id}").RequireAuthorization(Scopes.Upload).WithTags(Tags.Videos);
        change.MapDelete("", DeleteAsync).LimitsUnknownIds().Operation("deleteVideo", "Removes a video and all that was made of it.").Refuses(Problem.NotFound);
        change.MapPost("/reprocess", ReprocessAsync).LimitsUnknownIds().LimitedBy(RateKind.Change)
            .Operation("reprocessVideo", "Processes a video that is ready or has failed once more, from its source.").Refuses(Problem.NotFound);
        routes.MapShares();
    }

    private static async Task<Results<Ok<VideoListJson>, ProblemResult>> ListAsync(HttpContext context, IGrainFactory grains, string? cursor, string? limit)
    {
        if (ParseLimit(limit) is not { } count)
            return Problem.LimitInvalid.ToResult();
        long? before = null;
        if (cursor is not null)
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
                return Problem.CursorInvalid.ToResult();
            before = parsed;
        }

        var owner = context.User.UserId();
        var page = await grains.GetGrain<ILibraryGrain>(owner).ListAsync(before, count);
        var records = await Task.WhenAll(page.VideoIds.Select(id => grains.GetGrain<IVideoGrain>(id).GetAsync(owner)));
        var root = context.LinkRoot();
        var items = records.OfType<VideoRecord>().Select(record => VideoJson.Of(record, root)).ToArray();
        var list = new VideoListJson(items, page.Next?.ToString(CultureInfo.InvariantCulture));
        return TypedResults.Ok(list);
    }

    private static async Task<Results<Ok<VideoJson>, ProblemResult>> GetAsync(HttpContext context, IGrainFactory grains, string id) =>
        await FindAsync(context, grains, id) is { } record ? TypedResults.Ok(VideoJson.Of(record, context.LinkRoot())) : Problem.NotFound.ToResult();

    private static async Task<Results<ObjectResult, ProblemResult>> GetSourceAsync(HttpContext context, IGrainFactory grains, IObjectStore store, string id) =>
        await FindAsync(context, grains, id) is { } record
            ? new ObjectResult(store, ObjectKey.Source(record.Id), record.ContentType, record.FileName)
            : Problem.NotFound.ToResult();

    private static async Task<Results<ObjectResult, ProblemResult>> GetPosterAsync(HttpContext context, IGrainFactory grains, IObjectStore store, string id) =>
        await FindAsync(context, grains, id) is { HasPoster: true } record
            ? new ObjectResult(store, ObjectKey.Poster(record.Id), "image/jpeg", fileName: null)
            : Problem.NotFound.ToResult();

    private static async Task<Results<NoContent, ProblemResult>> DeleteAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id) || !await grains.GetGrain<IVideoGrain>(id).DeleteAsync(context.User.UserId()))
            return Problem.NotFound.ToResult();
        audit.Write(context, AuditAct.VideoDeleted, id);
        return TypedResults.NoContent();
    }

    /// <summary>202 also for a video that is on its way: a request whose answer was lost is repeated.</summary>
    private static async Task<Results<Accepted<VideoJson>, ProblemResult>> ReprocessAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id) || await grains.GetGrain<IVideoGrain>(id).ReprocessAsync(context.User.UserId()) is not { } record)
            return Problem.NotFound.ToResult();
        audit.Write(context, AuditAct.VideoReprocessed, id);
        return TypedResults.Accepted((string?)null, VideoJson.Of(record, context.LinkRoot()));
    }

    /// <summary>What has not the shape of an id never reaches a grain.</summary>
    private static async Task<VideoRecord?> FindAsync(HttpContext context, IGrainFactory grains, string id) =>
        MediaId.IsValid(id) ? await grains.GetGrain<IVideoGrain>(id).GetAsync(context.User.UserId()) : null;

    private static int? ParseLimit(string? text)
    {
        if (text is null)
            return DefaultPage;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= LongestPage ? limit : null;
    }
}
