using System.Globalization;
using Ingestion.Api.Audit;
using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Videos.Links;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Videos;

/// <summary>Reading and removing one's own videos.</summary>
internal static class VideoEndpoints
{
    // Metadata of 8 KiB, each byte of which may be an escape.
    private const int LongestChange = 64 * 1024;

    private static readonly string[] _methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapVideos(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/api").RequireAuthorization(Scopes.Read).WithTags(Tags.Videos);
        read.MapGet("/videos", ListAsync)
            .Operation("listVideos", "Lists your videos, all or some, newest or oldest first.")
            .Refuses(Problem.LimitInvalid, Problem.CursorInvalid, Problem.StatusInvalid, Problem.SortInvalid, Problem.TimeInvalid, Problem.ExternalIdInvalid)
            .WithParameters(VideoSearch.Parameters);
        read.MapGet("/videos/{id}", GetAsync).LimitsUnknownIds().Operation("getVideo", "A video's record.").Refuses(Problem.NotFound);
        read.MapGet("/tasks/{id}", GetAsync).LimitsUnknownIds().Operation("getTask", "The same record, by the id of the task that processes it.")
            .Refuses(Problem.NotFound);
        read.MapMethods("/videos/{id}/source", _methods, GetSourceAsync).LimitsUnknownIds()
            .Operation("getVideoSource", "The bytes as they were uploaded, whole or one range of them.")
            .DescribeObject("video/*", "application/octet-stream")
            .WithAnswerFields(new AnswerField(
                ObjectResult.ReprDigest, "SHA-256 of the whole source (RFC 9530); absent until it is known.", StatusCodes.Status200OK,
                StatusCodes.Status206PartialContent));
        read.MapMethods("/videos/{id}/poster", _methods, GetPosterAsync).LimitsUnknownIds().Operation("getVideoPoster", "A still of the video.")
            .DescribeObject("image/jpeg");
        var change = routes.MapGroup("/api/videos/{id}").RequireAuthorization(Scopes.Upload).WithTags(Tags.Videos);
        change.MapPatch("", ChangeAsync).LimitedBy(RateKind.Change).LimitsUnknownIds()
            .Operation("changeVideo", "Changes the name, the external_id or the metadata of a video: a JSON merge patch (RFC 7396).")
            .TakesJson(typeof(VideoChangeShape))
            .WithMetadata(new HasVersion())
            .WithParameters(Parameter.Field("If-Match", "ETag of the record: it is changed only if it still has this version."))
            .WithAnswerFields(new AnswerField("ETag", "The version of the record.", StatusCodes.Status200OK))
            .Refuses(Problem.NotFound, Problem.JsonExpected, Problem.JsonInvalid, Problem.BodyTooLarge)
            .Refuses(Problem.MetadataInvalid, Problem.ExternalIdInvalid, Problem.PreconditionFailed);
        change.MapDelete("", DeleteAsync).LimitsUnknownIds().Operation("deleteVideo", "Removes a video and all that was made of it.").Refuses(Problem.NotFound);
        change.MapPost("/reprocess", ReprocessAsync).LimitsUnknownIds().LimitedBy(RateKind.Change)
            .Operation("reprocessVideo", "Processes a video that is ready or has failed once more, from its source.").Refuses(Problem.NotFound);
        routes.MapShares();
        routes.MapMediaLinks();
    }

    private static async Task<Results<Ok<VideoListJson>, ProblemResult>> ListAsync(HttpContext context, IGrainFactory grains)
    {
        var (search, invalid) = VideoSearch.Read(context.Request.Query);
        if (search is null)
            return invalid!.ToResult();
        var (records, next) = await search.RunAsync(grains, context.User.UserId());
        return TypedResults.Ok(new VideoListJson([.. records.Select(record => VideoJson.Of(record, context))], next?.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<Results<Ok<VideoJson>, ProblemResult>> ChangeAsync(HttpContext context, IGrainFactory grains, string id)
    {
        // The owner is checked before the content.
        if (await FindAsync(context, grains, id) is null)
            return Problem.NotFound.ToResult();
        var (body, unreadable, where) = await JsonBody.ReadAsync(context.Request, VideoChangeContext.Default.VideoChangeJson, LongestChange, isPatch: true);
        if (body is null)
            return unreadable!.ToResult(where);
        var (change, invalid) = body.Read(TagsOf(context.Request));
        if (change is null)
            return invalid!.ToResult();
        var result = await grains.GetGrain<IVideoGrain>(id).ChangeAsync(context.User.UserId(), change);
        if (result.Outcome is ChangeOutcome.MetadataInvalid)
            return Problem.MetadataInvalid.ToResult(result.Fault);
        if (result.Outcome is not ChangeOutcome.Ok)
            return (result.Outcome is ChangeOutcome.TagMismatch ? Problem.PreconditionFailed : Problem.NotFound).ToResult();
        return Tagged(context, result.Record!);
    }

    private static Ok<VideoJson> Tagged(HttpContext context, VideoRecord record)
    {
        context.Response.Headers.ETag = record.Tag;
        return TypedResults.Ok(VideoJson.Of(record, context));
    }

    /// <summary>Null: any version, or none is named. Weak tags name no version.</summary>
    private static List<string>? TagsOf(HttpRequest request)
    {
        if (request.Headers.IfMatch.Count == 0 || request.Headers.IfMatch is ["*"])
            return null;
        return [.. request.Headers.IfMatch.ToString().Split(',', StringSplitOptions.TrimEntries)];
    }

    private static async Task<Results<Ok<VideoJson>, ProblemResult>> GetAsync(HttpContext context, IGrainFactory grains, string id) =>
        await FindAsync(context, grains, id) is { } record ? Tagged(context, record) : Problem.NotFound.ToResult();

    private static async Task<Results<ObjectResult, ProblemResult>> GetSourceAsync(HttpContext context, IGrainFactory grains, IObjectStore store, string id) =>
        await FindAsync(context, grains, id) is { } record
            ? new ObjectResult(store, ObjectKey.Source(record.Id), record.ContentType, record.FileName, record.Sha256)
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
        return TypedResults.Accepted((string?)null, VideoJson.Of(record, context));
    }

    /// <summary>What has not the shape of an id never reaches a grain.</summary>
    private static async Task<VideoRecord?> FindAsync(HttpContext context, IGrainFactory grains, string id) =>
        MediaId.IsValid(id) ? await grains.GetGrain<IVideoGrain>(id).GetAsync(context.User.UserId()) : null;
}
