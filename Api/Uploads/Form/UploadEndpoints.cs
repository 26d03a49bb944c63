using Ingestion.Api.Auth;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Sessions;

namespace Ingestion.Api.Uploads.Form;

/// <summary>Ways in for videos.</summary>
internal static class UploadEndpoints
{
    public static void MapUploads(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/videos/upload", UploadFormAsync).RequireAuthorization(Scopes.Upload);

    private static async Task<IResult> UploadFormAsync(HttpContext context, UploadEdge edge)
    {
        if (await edge.Admission.AdmitAsync(context, context.User.UserId()) is { } busy)
        {
            edge.Metrics.Refused(busy.Code);
            return busy.ToResult();
        }

        edge.LiftBodyLimits(context);
        var (video, problem) = await new VideoForm(edge, context.User.UserId()).ReadAsync(context.Request, context.RequestAborted);
        if (problem is not null)
        {
            edge.Metrics.Refused(problem.Code);
            return problem.ToResult();
        }

        return VideoCreated.Of(context, video!);
    }
}
