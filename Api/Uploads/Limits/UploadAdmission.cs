using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Limits;

/// <summary>Who may begin an upload now, and how much of it fits the owner's quota. The same for every protocol.</summary>
internal sealed class UploadAdmission(CallerRates rates, IGrainFactory grains, IOptions<UploadLimitsOptions> limits, IOptions<UploadOptions> uploads, TimeProvider time)
{
    private readonly QuotaLimits _limits = limits.Value.Quota;

    // An upload that lives is asked about as often as it might end, and renewed then: this outlasts every such time.
    private readonly TimeSpan _lasting = 2 * uploads.Value.TimeToLive;

    /// <summary>Rate limits, before anything else is looked at. Null, or why not now.</summary>
    public ValueTask<Problem?> AdmitAsync(HttpContext context, string owner) => new(rates.Take(context, RateKind.Creation, owner));

    /// <summary>
    /// Room for <paramref name="bytes"/> in all of one upload; asked again with more, its reservation grows. Null, or why there is none, and
    /// then nothing has changed. A <paramref name="durable"/> reservation survives its silo, as the upload does.
    /// </summary>
    public async Task<Problem?> ReserveAsync(string owner, string uploadId, long bytes, bool durable)
    {
        var result = await grains.GetGrain<IQuotaGrain>(owner).ReserveAsync(uploadId, bytes, durable, _limits, time.GetUtcNow() + _lasting);
        return result.Outcome switch
        {
            QuotaOutcome.Ok => null,
            QuotaOutcome.TooManyUploads => Problem.TooManyUploads with { RetryAfter = result.RetryAfter },
            QuotaOutcome.DayExceeded => Problem.DailyQuotaExceeded with { RetryAfter = result.RetryAfter },
            _ => Problem.QuotaExceeded,
        };
    }
}
