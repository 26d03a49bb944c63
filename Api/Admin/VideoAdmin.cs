using System.Globalization;
using Ingestion.Api.Auth;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Limits;
using Ingestion.Api.Videos;
using Ingestion.Videos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Admin;

/// <summary>The videos of all users, and what a user takes: for operators, and for back ends that act for all users.</summary>
internal static class VideoAdmin
{
    // A row that does not match has been read all the same: a page ends once it has looked at so many, and the next one continues there.
    private const int MostLooked = 2_000;

    public static void MapVideoAdmin(this RouteGroupBuilder admin)
    {
        admin.MapGet("/videos", ListAsync)
            .Operation("listAllVideos", "Lists the videos of all users, as they are stored, or those of one user.")
            .Refuses(Problem.LimitInvalid, Problem.CursorInvalid, Problem.StatusInvalid, Problem.SortInvalid, Problem.TimeInvalid, Problem.ExternalIdInvalid)
            .WithParameters([Parameter.Query("owner", "Only videos of the user with this sub; found by an index."), .. VideoSearch.Parameters]);
        admin.MapGet("/videos/{id}", GetAsync)
            .Operation("getVideoOfAnyUser", "The record of a video of any user, without addresses of its bytes.")
            .Refuses(Problem.NotFound)
            .WithParameters(new Parameter("path", "id", "The video.") { Pattern = MediaId.Pattern });
        admin.MapGet("/users/{id}/usage", GetUsageAsync)
            .Operation("getUserUsage", "What the uploads and videos of a user take, and what they may.")
            .Refuses(Problem.NotFound)
            .WithParameters(UserAdmin.User);
    }

    private static async Task<Results<Ok<VideoListJson>, ProblemResult>> ListAsync(
        HttpContext context, IGrainFactory grains, IVideoDirectory directory, string? owner)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (owner is null)
            return await ListAllAsync(context, directory);
        var (search, invalid) = VideoSearch.Read(context.Request.Query);
        if (search is null)
            return invalid!.ToResult();
        if (!Subject.IsValid(owner))
            return TypedResults.Ok(new VideoListJson([], null));
        var (records, next) = await search.RunAsync(grains, owner);
        return Answer(context, records, next?.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>In the order in which the rows lie, which stays the same: none that was there all the while is left out or comes twice.</summary>
    private static async Task<Results<Ok<VideoListJson>, ProblemResult>> ListAllAsync(HttpContext context, IVideoDirectory directory)
    {
        var query = context.Request.Query.Where(parameter => !parameter.Key.Equals("cursor", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        var (search, invalid) = VideoSearch.Read(new QueryCollection(query));
        if (search is null)
            return invalid!.ToResult();
        if (query.ContainsKey("sort"))
            return (Problem.SortInvalid with { Detail = "The videos of all users have one order." }).ToResult();
        var last = context.Request.Query["cursor"] is [{ } cursor] ? cursor : null;
        if (last is not null && !MediaId.IsValid(last))
            return Problem.CursorInvalid.ToResult();
        var (found, looked) = (new List<VideoRecord>(), 0);
        while (looked < MostLooked)
        {
            var page = await directory.ReadAsync(last, context.RequestAborted);
            foreach (var record in page.Videos)
            {
                if (!search.Matches(record))
                    continue;
                found.Add(record);
                if (found.Count == search.Page.Limit)
                    return Answer(context, found, record.Id);
            }

            if (page.Last is null)
                return Answer(context, found, next: null);
            (last, looked) = (page.Last, looked + page.Looked);
        }

        return Answer(context, found, last);
    }

    private static async Task<Results<Ok<VideoJson>, ProblemResult>> GetAsync(HttpContext context, IGrainFactory grains, string id)
    {
        if (!MediaId.IsValid(id) || await grains.GetGrain<IVideoViewing>(id).FindAsync(shareId: null) is not { Record: var record })
            return Problem.NotFound.ToResult();
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(VideoJson.OfOperator(record, context));
    }

    private static Ok<VideoListJson> Answer(HttpContext context, IReadOnlyList<VideoRecord> records, string? next) =>
        TypedResults.Ok(new VideoListJson([.. records.Select(record => VideoJson.OfOperator(record, context))], next));

    private static async Task<Results<Ok<UsageJson>, ProblemResult>> GetUsageAsync(
        HttpContext context, IGrainFactory grains, IOptions<UploadLimitsOptions> limits, string id)
    {
        if (!Subject.IsValid(id))
            return Problem.NotFound.ToResult();
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await UsageEndpoints.OfAsync(grains, limits.Value, id));
    }
}
