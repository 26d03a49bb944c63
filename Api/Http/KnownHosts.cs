namespace Ingestion.Api.Http;

/// <summary>Which hosts a request may name. What it names becomes part of links, so it must be a host, and where a list is given one of that.</summary>
internal sealed class KnownHosts
{
    private const string AnyLabel = "*.";

    private readonly string[] _hosts;

    public KnownHosts(HttpOptions options) => _hosts = [.. options.Hosts, .. options.Hosts.Count > 0 && options.PublicUrl.Length > 0
        ? [new Uri(options.PublicUrl).Host]
        : Array.Empty<string>()];

    /// <summary>Whether it can be part of an address: a name or an address, and a port from 1 to 65535 if there is one. None is well formed, too.</summary>
    public static bool IsWellFormed(HostString host) =>
        !host.HasValue || (Uri.TryCreate($"http://{host.Value}/", UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0 && uri.PathAndQuery == "/"
            && uri.Port > 0);

    /// <summary>Whether requests for it are served.</summary>
    public bool Has(HostString host) => _hosts.Length == 0 || Array.Exists(_hosts, known => Matches(host.Host, known));

    private static bool Matches(string host, string known) => known.StartsWith(AnyLabel, StringComparison.Ordinal)
        ? host.Length >= known.Length && host.EndsWith(known[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(known, StringComparison.OrdinalIgnoreCase);
}
