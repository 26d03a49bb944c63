using Ingestion.Api.Uploads.Limits;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Ingestion.Api.Uploads.Sessions;

/// <summary>Limits on a body, as uploads need them.</summary>
internal static class BodyLimits
{
    /// <summary>
    /// Ours take the place of the server's: the one on the size is checked as the file is read, and a client that is slower than the least rate
    /// is cut off, its progress kept. From here on the body is to be read by its pipe.
    /// </summary>
    public static void LiftBodyLimits(this UploadEdge edge, HttpContext context)
    {
        if (context.Features.Get<IRequestBodyPipeFeature>() is WatchedBody)
            return;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        var options = edge.Options.Value;
        if (options.MinBytesPerSecond == 0)
            return;
        var watch = new ClientWatch(options.MinBytesPerSecond, TimeSpan.FromSeconds(options.SlowSeconds), edge.Time);
        var body = new WatchedBody(context.Request.BodyReader, watch, edge.Time);
        context.Features.Set<IRequestBodyPipeFeature>(body);
        context.Response.RegisterForDispose(body);
    }
}
