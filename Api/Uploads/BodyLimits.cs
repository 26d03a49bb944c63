using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Ingestion.Api.Uploads;

/// <summary>The framework's limits on a body, as uploads need them.</summary>
internal static class BodyLimits
{
    /// <summary>Our own limit is on the file and is checked as it is read; a client that is slower than the least rate is cut off, its progress kept.</summary>
    public static void LiftBodyLimits(this UploadEdge edge, HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        var (slowest, grace) = (edge.Options.Value.MinBytesPerSecond, TimeSpan.FromSeconds(edge.Options.Value.SlowSeconds));
        // Of one stream among several on a connection the rate can't be set, only lifted; the server's own holds there.
        var isAlone = !HttpProtocol.IsHttp2(context.Request.Protocol) && !HttpProtocol.IsHttp3(context.Request.Protocol);
        if ((isAlone || slowest == 0) && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = slowest > 0 ? new MinDataRate(slowest, grace) : null;
    }
}
