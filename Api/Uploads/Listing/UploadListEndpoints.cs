using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Resumable;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Uploads.Listing;

/// <summary>A user's unfinished uploads, so that another device, or one that has forgotten the addresses, can continue or cancel them.</summary>
internal static class UploadListEndpoints
{
    public static void MapUploadList(this IEndpointRouteBuilder routes) => routes
        .MapGet(ResumableEndpoints.Root, ListAsync)
        .RequireAuthorization(Scopes.Upload)
        .WithTags(Tags.Uploads)
        .Operation("listUploads", "Lists your unfinished uploads, newest first. Requests that write to them go on.")
        .Refuses(Problem.LimitInvalid, Problem.CursorInvalid, Problem.ExternalIdInvalid)
        .WithParameters(UploadSearch.Parameters);

    private static async Task<Results<Ok<UploadListJson>, ProblemResult>> ListAsync(HttpContext context, IGrainFactory grains)
    {
        var (search, refused) = UploadSearch.Read(context.Request.Query);
        if (search is null)
            return refused!.ToResult();
        var (uploads, next) = await search.RunAsync(grains, context.User.UserId());
        var root = context.LinkRoot();
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new UploadListJson([.. uploads.Select(upload => UploadJson.Of(upload.Id, upload.Info, root))], next));
    }
}
