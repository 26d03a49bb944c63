using System.Globalization;
using System.Text.Json;
using Ingestion.Api.Http;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Uploads.Ietf;

/// <summary>Answers of the draft. All of them say whether the upload is complete.</summary>
internal sealed class IetfAnswer(HttpContext context, UploadEdge edge)
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
        return Told(StatusCodes.Status201Created, isComplete: false, offset, expiresAt);
    }

    /// <summary>It took what came, and more may come.</summary>
    public IResult Appended(long offset, DateTimeOffset expiresAt) => Told(StatusCodes.Status204NoContent, isComplete: false, offset, expiresAt);

    /// <summary>Where the upload is.</summary>
    public IResult Described(UploadInfo info)
    {
        Headers.CacheControl = "no-store";
        if (info.Length is { } length)
            Headers[IetfFields.Length] = Text(length);
        return Told(StatusCodes.Status204NoContent, info.State is UploadState.Completed, info.Offset, info.ExpiresAt);
    }

    /// <summary>What the request to upload a video is answered with, at the end of it all; a piece of a video becomes nothing by itself.</summary>
    public IResult Final(VideoRecord? video, long offset)
    {
        Tell(isComplete: true, offset);
        return video is null ? TypedResults.NoContent() : VideoCreated.Of(context, video);
    }

    /// <summary>
    /// A refusal. With <paramref name="hasFailed"/> the upload is over, and complete in the sense that nothing more is wanted of it.
    /// </summary>
    public IResult Refuse(Problem problem, bool hasFailed = false, string? detail = null)
    {
        // 413 would ask the client to try again with less.
        if (problem == Problem.UploadLengthExceeded)
            problem = Problem.UploadLengthInconsistent;
        edge.Metrics.Refused(problem.Code);
        Tell(hasFailed, offset: null);
        if (problem == Problem.DigestUnsupported)
            WantDigests();
        if (problem.Status == StatusCodes.Status413PayloadTooLarge)
            Headers[IetfFields.Limit] = edge.Limits();
        return problem.ToResult(detail, TypeOf(problem));
    }

    /// <summary>The client's offset is not the upload's.</summary>
    public IResult RefuseOffset(long expected, long provided)
    {
        edge.Metrics.Refused(Problem.OffsetMismatch.Code);
        Tell(isComplete: false, expected);
        var members = new Dictionary<string, JsonElement> { ["expected-offset"] = ToJson(expected), ["provided-offset"] = ToJson(provided) };
        return Problem.OffsetMismatch.ToResult(detail: null, new ProblemType(ProblemTypes + "mismatching-upload-offset", members));
    }

    /// <summary>What may be sent here, for those who ask first.</summary>
    public IResult Options()
    {
        Headers[IetfFields.Limit] = edge.Limits();
        WantDigests();
        return TypedResults.NoContent();
    }

    public string AddressOf(string id) => context.PublicAddressOf($"{ResumableEndpoints.Root}/{id}");

    private StatusCodeHttpResult Told(int status, bool isComplete, long offset, DateTimeOffset expiresAt)
    {
        Tell(isComplete, offset);
        Headers[IetfFields.Limit] = edge.Limits(expiresAt);
        return TypedResults.StatusCode(status);
    }

    private void Tell(bool isComplete, long? offset)
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
