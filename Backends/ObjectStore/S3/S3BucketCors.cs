using Amazon.S3.Model;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>
/// Whether the bucket lets pages of other origins send parts of direct uploads: their scripts must be allowed to PUT, and to read the ETag. Checked once when
/// the silo starts.
/// </summary>
/// <param name="origins">The origins of pages that may call the API; <c>*</c>: any; none: no page does.</param>
internal sealed class S3BucketCors(IReadOnlyList<string> origins)
{
    /// <summary>The origins of pages that may call the API.</summary>
    public IReadOnlyList<string> Origins => origins;

    /// <summary>Whether there are pages at all.</summary>
    public bool IsNeeded => origins.Count > 0;

    /// <summary>What is wrong, or why it is not known; null when nothing is.</summary>
    public string? Finding { get; set; }

    /// <summary>What of it the bucket's rules don't allow; null when they allow all.</summary>
    public static string? Missing(IReadOnlyList<string> origins, IReadOnlyList<CORSRule> rules)
    {
        foreach (var origin in origins)
        {
            var puts = rules.Where(rule => Allows(rule.AllowedOrigins, origin) && Allows(rule.AllowedMethods, "PUT")).ToArray();
            if (puts.Length == 0)
                return $"no CORS rule of the bucket lets pages of {origin} send parts (PUT)";
            if (!puts.Any(rule => (rule.ExposeHeaders ?? []).Contains("ETag", StringComparer.OrdinalIgnoreCase)))
                return $"no CORS rule of the bucket lets pages of {origin} read the ETag (ExposeHeaders)";
        }

        return null;
    }

    /// <summary>The rules' patterns have at most one asterisk.</summary>
    private static bool Allows(List<string>? patterns, string wanted) => (patterns ?? []).Any(pattern =>
    {
        var at = pattern.IndexOf('*', StringComparison.Ordinal);
        return at < 0 || wanted == "*"
            ? pattern == wanted
            : wanted.Length >= pattern.Length - 1 && wanted.StartsWith(pattern[..at], StringComparison.OrdinalIgnoreCase)
                && wanted.EndsWith(pattern[(at + 1)..], StringComparison.OrdinalIgnoreCase);
    });
}
