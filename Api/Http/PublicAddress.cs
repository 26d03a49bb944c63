namespace Ingestion.Api.Http;

/// <summary>Addresses of this API as its clients must use them.</summary>
internal static class PublicAddress
{
    private static readonly object _forwarded = new();

    /// <summary>Where <paramref name="path"/> is, host and all; a path only for a client of HTTP/1.0 that names no host.</summary>
    public static string PublicAddressOf(this HttpContext context, string path) => (ConfiguredRoot(context) ?? RequestedRoot(context.Request)) + path;

    /// <summary>What links in documents begin with: scheme and host where a setting or a proxy names the public ones, nothing otherwise.</summary>
    public static string LinkRoot(this HttpContext context) =>
        ConfiguredRoot(context) ?? (context.Items.ContainsKey(_forwarded) ? RequestedRoot(context.Request) : "");

    /// <summary>A trusted proxy has reported how the client reached it.</summary>
    public static void MarkForwarded(this HttpContext context) => context.Items[_forwarded] = _forwarded;

    private static string RequestedRoot(HttpRequest request) =>
        request.Host.HasValue ? $"{request.Scheme}://{request.Host}{request.PathBase}" : request.PathBase.ToString();

    private static string? ConfiguredRoot(HttpContext context)
    {
        var configured = context.RequestServices.GetRequiredService<IOptions<HttpOptions>>().Value.PublicUrl;
        return configured.Length > 0 ? configured.TrimEnd('/') : null;
    }
}
