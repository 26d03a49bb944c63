using Ingestion.Api.Auth;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Limits;
using Ingestion.Api.Uploads.Sessions;

namespace Ingestion.Api.Uploads.Form;

/// <summary>A video by one multipart form.</summary>
internal static class FormEndpoints
{
    public static void MapFormUploads(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/videos/upload", UploadFormAsync).RequireAuthorization(Scopes.Upload);

    private static async Task<IResult> UploadFormAsync(HttpContext context, UploadAdmission admission, BodyLimits limits, VideoFormReader forms, UploadMetrics metrics)
    {
        var owner = context.User.UserId();
        if (await admission.AdmitAsync(context, owner) is { } busy)
            return Refuse(metrics, busy);
        limits.Lift(context);
        var (video, problem) = await forms.ReadAsync(context.Request, owner, context.RequestAborted);
        return problem is null ? VideoCreated.Of(context, video!) : Refuse(metrics, problem);
    }

    private static ProblemResult Refuse(UploadMetrics metrics, Problem problem)
    {
        metrics.Refused(problem.Code);
        return problem.ToResult();
    }
}
