using Ingestion.Api.Stopping;
using Ingestion.Api.Uploads.Limits;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Ingestion.Api.Uploads.Sessions;

/// <summary>Limits on a body, as uploads need them.</summary>
internal sealed class BodyLimits(IOptions<UploadOptions> options, SiloStop stop, TimeProvider time)
{
    /// <summary>
    /// Replaces the server's limits by ours: the one on the size is checked as the file is read, and a client that is slower than the least rate
    /// is cut off, its progress kept; a silo that stops interrupts what lasts too long. From here on the body is to be read by its pipe.
    /// </summary>
    public void Lift(HttpContext context)
    {
        if (context.Features.Get<IRequestBodyPipeFeature>() is WatchedBody)
            return;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        var limits = options.Value;
        var watch = new ClientWatch(limits.MinBytesPerSecond, TimeSpan.FromSeconds(limits.SlowSeconds), time);
        var body = new WatchedBody(context.Request.BodyReader, watch, time, stop.Cut);
        context.Features.Set<IRequestBodyPipeFeature>(body);
        context.Response.RegisterForDispose(body);
    }
}
