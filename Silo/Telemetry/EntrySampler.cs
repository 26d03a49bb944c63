using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Ingestion.Silo.Telemetry;

/// <summary>
/// A trace begins with a request from outside or with a job, and with nothing else: the calls of timers, polls of queues and statements of the membership,
/// which an idle silo makes too, begin none.
/// </summary>
internal sealed class EntrySampler : Sampler
{
    // As ASP.NET Core names it before its route is known.
    private const string Request = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    private static readonly SamplingResult _none = new(SamplingDecision.Drop);

    private readonly Sampler _share;

    private EntrySampler(Sampler share) => _share = share;

    /// <param name="share">From 0 to 1, of traces that begin here and of those that callers have sampled.</param>
    public static Sampler WithShare(double share)
    {
        var ratio = new TraceIdRatioBasedSampler(share);
        return new ParentBasedSampler(new EntrySampler(ratio), remoteParentSampled: ratio);
    }

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters is { Kind: ActivityKind.Consumer } or { Kind: ActivityKind.Server, Name: Request }
            ? _share.ShouldSample(samplingParameters)
            : _none;
}
