using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;

namespace Ingestion.Api.Http;

/// <summary>Where the edge stands: its public address, the proxies in front of it, and the pages that may call it. Section <c>Ingestion:Http</c>.</summary>
public sealed class HttpOptions : IValidatableObject
{
    /// <summary>
    /// The address by which clients reach the API, like <c>https://videos.example.org/media</c>; links begin with it. Empty: as the request, or the
    /// trusted proxy that passed it on, says.
    /// </summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>
    /// Names by which clients may reach the API, comma-separated, without ports; <c>*.example.org</c>: any below. The host of <see cref="PublicUrl"/> is one of
    /// them. Requests for others are refused, but for probes. Empty: any.
    /// </summary>
    public string AllowedHosts { get; set; } = "";

    /// <summary>Seconds for which browsers must use TLS (Strict-Transport-Security), where the silo ends TLS itself. 0: the field is not sent.</summary>
    [Range(0, 63_072_000)]
    public int HstsSeconds { get; set; } = 2_592_000;

    /// <summary>
    /// Addresses and networks (CIDR), comma-separated, whose <c>X-Forwarded-*</c> are believed. Empty: none.
    /// </summary>
    public string TrustedProxies { get; set; } = "127.0.0.0/8, ::1";

    /// <summary>
    /// Origins of the web pages that may call the API, comma-separated; <c>*</c>: any, which is safe as tokens travel in a header that no browser
    /// adds by itself. Empty: none.
    /// </summary>
    public string CorsOrigins { get; set; } = "*";

    internal IReadOnlyList<string> Origins => Split(CorsOrigins);

    internal IReadOnlyList<string> Hosts => Split(AllowedHosts);

    /// <summary>No setting names the API's hosts: links use the host of the request.</summary>
    public bool IsAnyHostTaken => PublicUrl.Length == 0 && Hosts.Count == 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl.Length > 0 && !IsWebAddress(PublicUrl, mayHavePath: true))
            yield return new ValidationResult($"{nameof(PublicUrl)} must be an absolute http or https address without query: {PublicUrl}", [nameof(PublicUrl)]);
        foreach (var host in Hosts)
        {
            if (Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host.Trim('[', ']')) is UriHostNameType.Unknown)
                yield return new ValidationResult($"{nameof(AllowedHosts)} must be host names without ports, or *. and one: {host}", [nameof(AllowedHosts)]);
        }

        foreach (var proxy in Split(TrustedProxies))
        {
            if (!TryReadNetwork(proxy, out _))
                yield return new ValidationResult($"{nameof(TrustedProxies)} must be addresses or networks: {proxy}", [nameof(TrustedProxies)]);
        }

        foreach (var origin in Origins)
        {
            if (origin != "*" && !IsWebAddress(origin, mayHavePath: false))
                yield return new ValidationResult($"{nameof(CorsOrigins)} must be * or origins like https://app.example.org: {origin}", [nameof(CorsOrigins)]);
        }
    }

    internal IReadOnlyList<IPNetwork> Proxies()
    {
        var proxies = new List<IPNetwork>();
        foreach (var text in Split(TrustedProxies))
        {
            if (TryReadNetwork(text, out var network))
                proxies.Add(network);
        }

        return proxies;
    }

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool TryReadNetwork(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network))
            return true;
        // The framework takes 7 for 0.0.0.7.
        if (!IPAddress.TryParse(text, out var address) || (address.AddressFamily is AddressFamily.InterNetwork && address.ToString() != text))
            return false;
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }

    private static bool IsWebAddress(string text, bool mayHavePath) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Query is "" && uri.Fragment is "" && uri.UserInfo is ""
        && (mayHavePath || text == uri.GetLeftPart(UriPartial.Authority));
}
