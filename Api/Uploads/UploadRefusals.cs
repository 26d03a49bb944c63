using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;

namespace Ingestion.Api.Uploads;

/// <summary>Problems that several ways of uploading share, for the API document.</summary>
internal static class UploadRefusals
{
    private static readonly Problem[] _limits = [Problem.RateLimited, Problem.TooManyUploads, Problem.QuotaExceeded, Problem.DailyQuotaExceeded];

    private static readonly Problem[] _bytes =
    [
        Problem.FileTooLarge, Problem.NotAVideo, Problem.AudioOnly, Problem.ImageOnly, Problem.RawStream,
        Problem.UploadTooSlow, Problem.UploadTakenOver, Problem.UploadInterrupted,
        Problem.UploadGone, Problem.UploadIncomplete,
        Problem.UploadLengthExceeded, Problem.UploadLengthInconsistent, Problem.UploadCorrupt, Problem.DigestMismatch,
    ];

    /// <summary>Of requests that begin an upload or need more room.</summary>
    public static T RefusesByLimits<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.Refuses(_limits);

    /// <summary>Of requests that carry bytes of a source.</summary>
    public static T RefusesBytes<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.Refuses(_bytes);
}
