using System.Globalization;
using System.Text.Json;
using Ingestion.Api.Http;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Uploads.Ietf;

/// <summary>Answers of the draft to one request. All of them state whether the upload is complete.</summary>
internal sealed class IetfAnswer(HttpContext context, IetfLimits limits, UploadMetrics metrics)
{
    private const string ProblemTypes = "https://iana.org/assignments/http-problem-types#";

    private static readonly Dictionary<string, string> _types = new()
    {
        [Problem.UploadLengthInconsistent.Code] = "inconsistent-upload-length",
        [Problem.UploadCompleted.Code] = "completed-upload",
        [Problem.DigestMismatch.Code] = "digest-mismatched-values",
        [Problem.DigestUnsupported.Code] = "digest-unsupported-algorithms",
    };

    private IHeaderDictionary Headers => context.Response.Headers;

    /// <summary>The upload exists, and more may come.</summary>
    public IResult Created(string id, long offset, DateTimeOffset expiresAt)
    {
        Headers.Location = AddressOf(id);
        return Answer(StatusCodes.Status201Created, isComplete: false, offset, expiresAt);
    }

    /// <summary>It took what came, and more may come.</summary>
    public IResult Appended(long offset, DateTimeOffset expiresAt) => Answer(StatusCodes.Status204NoContent, isComplete: false, offset, expiresAt);

    /// <summary>Where the upload is.</summary>
    public IResult Described(UploadInfo info)
    {
        Headers.CacheControl = "no-store";
        if (info.Length is { } length)
            Headers[IetfFields.Length] = Text(length);
        return Answer(StatusCodes.Status204NoContent, info.State is UploadState.Completed, info.Offset, info.ExpiresAt);
    }

    /// <summary>What the request to upload a video is answered with, at the end of it all; a piece of a video becomes nothing by itself.</summary>
    public IResult Final(VideoRecord? video, long offset)
    {
        SetState(isComplete: true, offset);
        return video is null ? TypedResults.NoContent() : VideoCreated.Of(context, video);
    }

    /// <summary>
    /// A refusal. With <paramref name="hasFailed"/> the upload is over, and complete in the sense that nothing more is wanted of it.
    /// </summary>
    public IResult Refuse(Problem problem, bool hasFailed = false, string? detail = null)
    {
        // 413 would make the client retry with less.
        if (problem == Problem.UploadLengthExceeded)
            problem = Problem.UploadLengthInconsistent;
        metrics.Refused(problem.Code);
        SetState(hasFailed, offset: null);
        if (problem == Problem.DigestUnsupported)
            WantDigests();
        if (problem.Status == StatusCodes.Status413PayloadTooLarge)
            Headers[IetfFields.Limit] = limits.OfNext();
        return problem.ToResult(detail, TypeOf(problem));
    }

    /// <summary>The client's offset is not the upload's.</summary>
    public IResult RefuseOffset(long expected, long provided)
    {
        metrics.Refused(Problem.OffsetMismatch.Code);
        SetState(isComplete: false, expected);
        var members = new Dictionary<string, JsonElement> { ["expected-offset"] = ToJson(expected), ["provided-offset"] = ToJson(provided) };
        return Problem.OffsetMismatch.ToResult(detail: null, new ProblemType(ProblemTypes + "mismatching-upload-offset", members));
    }

    /// <summary>What may be sent here, for an OPTIONS request.</summary>
    public IResult Options()
    {
        Headers[IetfFields.Limit] = limits.OfNext();
        WantDigests();
        return TypedResults.NoContent();
    }

    public string AddressOf(string id) => context.PublicAddressOf($"{ResumableEndpoints.Root}/{id}");

    private StatusCodeHttpResult Answer(int status, bool isComplete, long offset, DateTimeOffset expiresAt)
    {
        SetState(isComplete, offset);
        Headers[IetfFields.Limit] = limits.Of(expiresAt);
        return TypedResults.StatusCode(status);
    }

    private void SetState(bool isComplete, long? offset)
    {
        Headers[IetfFields.Complete] = isComplete ? "?1" : "?0";
        if (offset is { } bytes)
            Headers[IetfFields.Offset] = Text(bytes);
    }

    private void WantDigests() => (Headers[IetfFields.WantContentDigest], Headers[IetfFields.WantReprDigest]) = (DigestField.Wanted, DigestField.Wanted);

    private static ProblemType? TypeOf(Problem problem) => _types.TryGetValue(problem.Code, out var name) ? new ProblemType(ProblemTypes + name) : null;

    private static JsonElement ToJson(long number) => JsonElement.Parse(Text(number));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Makes the answers of the draft.</summary>
internal sealed class IetfAnswers(IetfLimits limits, UploadMetrics metrics)
{
    /// <summary>To this request.</summary>
    public IetfAnswer For(HttpContext context) => new(context, limits, metrics);
}
