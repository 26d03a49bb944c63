using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace Ingestion.Api.Http;

/// <summary>
/// Bodies are taken as they are: nothing here decodes. A coding that would have to be undone is refused, so that no compressed bytes are stored as a video.
/// </summary>
internal static class RequestCodings
{
    private const string Chunked = "chunked";
    private const string Identity = "identity";

    /// <summary>
    /// Transfer codings (RFC 9112, section 6.1), before everything that reads a body. The server itself looks at the last one only, which must be chunked,
    /// and answers 400 where it is not.
    /// </summary>
    public static void UseTransferCodings(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (Elements(context.Request.Headers.TransferEncoding) is [] or [Chunked])
            return next(context);
        // What follows on the connection may be framed otherwise than it seems.
        context.Response.Headers.Connection = "close";
        return Problem.TransferCodingUnsupported.ToResult().ExecuteAsync(context);
    });

    /// <summary>Content codings (RFC 9110, section 8.4), for every endpoint whose request has a body.</summary>
    public static void UseContentCodings(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Request.Headers.ContentEncoding.Count == 0 || context.GetEndpoint() is not RouteEndpoint
            || context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true }
            || Elements(context.Request.Headers.ContentEncoding).All(coding => coding == Identity))
            return next(context);
        context.Response.Headers.AcceptEncoding = Identity;
        return Problem.ContentCodingUnsupported.ToResult().ExecuteAsync(context);
    });

    private static string[] Elements(IEnumerable<string?> fields) =>
        [.. fields.SelectMany(field => (field ?? "").ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
}
