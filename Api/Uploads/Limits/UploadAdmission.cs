using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Limits;

/// <summary>Who may begin an upload now, and how much of it fits the owner's quota. The same for every protocol.</summary>
internal sealed class UploadAdmission(CallerRates rates, IGrainFactory grains, IOptions<UploadLimitsOptions> limits, IOptions<UploadOptions> uploads,
    TimeProvider time)
{
    private readonly QuotaLimits _limits = limits.Value.Quota;

    // A live upload's reservation is renewed each time it might expire: this outlasts every such period.
    private readonly TimeSpan _lasting = 2 * uploads.Value.TimeToLive;

    /// <summary>Rate limits, before anything else is looked at. Null, or why not now.</summary>
    public ValueTask<Problem?> AdmitAsync(HttpContext context, string owner) => new(rates.Take(context, RateKind.Creation, owner));

    /// <summary>
    /// Room for <paramref name="bytes"/> in all of one upload; a later call with more grows its reservation. Null, or why there is none, and
    /// then nothing has changed. A <paramref name="durable"/> reservation survives its silo, as the upload does.
    /// </summary>
    public async Task<Problem?> ReserveAsync(string owner, string uploadId, long bytes, bool durable) =>
        ProblemOf(await Quota(owner).ReserveAsync(uploadId, bytes, durable, _limits, Until));

    /// <summary>
    /// Room for the first <paramref name="least"/> bytes of an upload of unknown length, and ahead of them up to <paramref name="wanted"/> in all, as
    /// far as there is room. How many are reserved, or why not even the least.
    /// </summary>
    public async Task<(long Bytes, Problem? Problem)> ReserveAheadAsync(string owner, string uploadId, long least, long wanted, bool durable)
    {
        var result = await Quota(owner).ReserveAheadAsync(uploadId, least, wanted, durable, _limits, Until);
        return (result.Bytes, ProblemOf(result));
    }

    private DateTimeOffset Until => time.GetUtcNow() + _lasting;

    private IQuotaGrain Quota(string owner) => grains.GetGrain<IQuotaGrain>(owner);

    private static Problem? ProblemOf(QuotaResult result) => result.Outcome switch
    {
        QuotaOutcome.Ok => null,
        QuotaOutcome.TooManyUploads => Problem.TooManyUploads with { RetryAfter = result.RetryAfter },
        QuotaOutcome.DayExceeded => Problem.DailyQuotaExceeded with { RetryAfter = result.RetryAfter },
        _ => Problem.QuotaExceeded,
    };
}
