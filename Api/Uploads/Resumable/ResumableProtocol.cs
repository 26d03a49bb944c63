namespace Ingestion.Api.Uploads.Resumable;

/// <summary>The protocols that share the addresses of resumable uploads.</summary>
internal enum UploadProtocol
{
    /// <summary>tus 1.0.0.</summary>
    Tus,

    /// <summary>Resumable uploads for HTTP, the draft of the IETF.</summary>
    Ietf,
}

/// <summary>Which protocol a request speaks.</summary>
internal static class ResumableProtocol
{
    /// <summary>
    /// tus is named in every request, and the draft has fields of its own. A request with neither gets the answer of tus, which names the version that
    /// is spoken here.
    /// </summary>
    public static UploadProtocol Of(HttpRequest request)
    {
        var headers = request.Headers;
        if (IsTus(request))
            return UploadProtocol.Tus;
        var isDraft = headers.ContainsKey("Upload-Complete") || headers.ContainsKey("Upload-Draft-Interop-Version") || IsPartialUpload(request.ContentType);
        return isDraft ? UploadProtocol.Ietf : UploadProtocol.Tus;
    }

    /// <summary>Whether the request names tus itself.</summary>
    public static bool IsTus(HttpRequest request) => request.Headers.ContainsKey("Tus-Resumable");

    private static bool IsPartialUpload(string? contentType) =>
        contentType is not null && contentType.AsSpan().TrimStart().StartsWith("application/partial-upload", StringComparison.OrdinalIgnoreCase);
}
