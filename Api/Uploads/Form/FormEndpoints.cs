using Ingestion.Api.Admission;
using Ingestion.Api.Auth;
using Ingestion.Api.Creations;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Limits;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Api.Videos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Uploads.Form;

/// <summary>A video by one multipart form.</summary>
internal static class FormEndpoints
{
    private static readonly ByteContent _file = new(
        "A video. The field external_id, the field metadata (a JSON object of texts) and all other fields travel with it as metadata.", ["multipart/form-data"])
    {
        FormField = VideoFormReader.FileField,
    };

    public static void MapFormUploads(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/videos/upload", UploadFormAsync).RequireAuthorization(Scopes.Upload).IsNewWork(NewWork.Upload).WithTags(Tags.Uploads)
            .TakesAnyQuery()
            .Operation("uploadVideo", "Uploads a video by one form.")
            .WithMetadata(_file)
            .WithAnswerFields(new AnswerField("Location", "The record of the video.", StatusCodes.Status201Created))
            .TakesIdempotencyKey()
            .RefusesByLimits()
            .RefusesBytes()
            .Refuses(Problem.FormExpected, Problem.BoundaryInvalid, Problem.FormMalformed, Problem.PartDispositionInvalid, Problem.FieldTooLarge)
            .Refuses(Problem.MetadataInvalid, Problem.ExternalIdInvalid).Refuses(Problem.VideoFileMissing, Problem.VideoFileRepeated, Problem.FileEmpty);

    private static async Task<Results<Created<VideoJson>, ProblemResult>> UploadFormAsync(
        HttpContext context, UploadAdmission admission, BodyLimits limits, VideoFormReader forms, UploadMetrics metrics)
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
