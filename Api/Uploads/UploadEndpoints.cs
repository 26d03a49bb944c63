using Ingestion.Api.Auth;
using Ingestion.Api.Problems;
using Ingestion.Api.Videos;
using Microsoft.AspNetCore.Http.Features;

namespace Ingestion.Api.Uploads;

/// <summary>Ways in for videos.</summary>
internal static class UploadEndpoints
{
    public static void MapUploads(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/videos/upload", UploadFormAsync).RequireAuthorization(Scopes.Upload);

    private static async Task<IResult> UploadFormAsync(HttpContext context, UploadEdge edge)
    {
        // Our own limit is on the file and is checked as it is read; the framework's is on the body.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        var (video, problem) = await new VideoForm(edge, context.User.UserId()).ReadAsync(context.Request, context.RequestAborted);
        if (problem is not null)
        {
            edge.Metrics.Refused(problem.Code);
            return problem.ToResult();
        }

        var answer = VideoJson.Of(video!);
        return TypedResults.Json(answer, VideoJsonContext.Default.VideoJson, statusCode: StatusCodes.Status201Created, contentType: null)
            .WithLocation(answer.Links.Self);
    }
}
