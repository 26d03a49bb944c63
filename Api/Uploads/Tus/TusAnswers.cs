using Ingestion.Api.Http;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Uploads;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>Answers of tus.</summary>
internal sealed class TusAnswers(UploadMetrics metrics)
{
    /// <summary>Names our version; null when the request speaks it too.</summary>
    public static Problem? RefuseVersion(HttpContext context)
    {
        context.Response.Headers[TusHeaders.Resumable] = TusHeaders.SpokenVersion;
        if (context.Request.Headers[TusHeaders.Resumable] is [TusHeaders.SpokenVersion])
            return null;
        context.Response.Headers[TusHeaders.Version] = TusHeaders.SpokenVersion;
        return Problem.TusVersionUnsupported;
    }

    public static StatusCodeHttpResult Created(HttpContext context, string id)
    {
        context.Response.Headers.Location = context.PublicAddressOf($"{ResumableEndpoints.Root}/{id}");
        return TypedResults.StatusCode(StatusCodes.Status201Created);
    }

    /// <summary>Where the upload is.</summary>
    public static Ok Describe(HttpResponse response, UploadInfo info)
    {
        var isOpen = info.State is UploadState.Open;
        // Of a final upload that is still being put together there is no offset yet, and its time does not run.
        var isJoining = info.Kind is UploadKind.Final && info.State is not UploadState.Completed;
        SetProgress(response, isJoining ? null : info.Offset, isOpen && !isJoining ? info.ExpiresAt : null);
        if (info.Length is { } length)
            response.Headers[TusHeaders.Length] = TusHeaders.Text(length);
        else
            response.Headers[TusHeaders.DeferLength] = "1";
        if (info.Metadata is not null)
            response.Headers[TusHeaders.Metadata] = info.Metadata;
        if (info.Concat is not null)
            response.Headers[TusHeaders.Concat] = info.Concat;
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok();
    }

    /// <summary>Null leaves a field out.</summary>
    public static void SetProgress(HttpResponse response, long? offset, DateTimeOffset? expires)
    {
        if (offset is { } bytes)
            response.Headers[TusHeaders.Offset] = TusHeaders.Text(bytes);
        if (expires is { } time)
            response.Headers[TusHeaders.Expires] = TusHeaders.Text(time);
    }

    public IResult Appended(HttpResponse response, AppendResult result)
    {
        if (result.Problem is not null)
            return Refuse(result.Problem);
        SetProgress(response, result.Offset, result.IsComplete ? null : result.ExpiresAt);
        return TypedResults.NoContent();
    }

    public ProblemResult Refuse(Problem problem)
    {
        metrics.Refused(problem.Code);
        return problem.ToResult();
    }
}
