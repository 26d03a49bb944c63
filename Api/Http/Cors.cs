using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Ingestion.Api.Http;

/// <summary>What scripts of web pages may send to this API, and read of its answers.</summary>
internal static class Cors
{
    // A browser repeats its preflight after this; Chromium allows at most two hours.
    private static readonly TimeSpan _preflightLifetime = TimeSpan.FromHours(2);

    private static readonly string[] _methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    // A browser hides every field that is not named here.
    private static readonly string[] _exposed =
    [
        "Location", "ETag", "X-Request-Id", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate", "Content-Range", "Accept-Ranges",
            "Content-Disposition", "Allow",
        "Upload-Offset", "Upload-Length", "Upload-Defer-Length", "Upload-Metadata", "Upload-Expires", "Upload-Concat",
        "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm",
        "Upload-Complete", "Upload-Limit", "Upload-Draft-Interop-Version", "Repr-Digest", "Content-Digest", "Want-Repr-Digest", "Want-Content-Digest",
    ];

    /// <summary>Any field may be sent: which ones mean something is decided where they are read.</summary>
    public static void Configure(CorsOptions cors, HttpOptions http) => cors.AddDefaultPolicy(policy => policy
        .WithOrigins([.. http.Origins])
        .WithMethods(_methods)
        .AllowAnyHeader()
        .WithExposedHeaders(_exposed)
        .SetPreflightMaxAge(_preflightLifetime));
}
