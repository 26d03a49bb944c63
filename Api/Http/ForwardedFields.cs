using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Primitives;

namespace Ingestion.Api.Http;

/// <summary>Reads <c>Forwarded</c> (RFC 7239) and <c>X-Forwarded-*</c>. A value that is none is as good as not there.</summary>
internal static class ForwardedFields
{
    private const int LongestHost = 255;
    private const int LongestPrefix = 256;

    private static readonly SearchValues<char> _hostCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]");

    // More proxies than this in a row are a mistake or an attack.
    private const int MostHops = 32;

    /// <summary>
    /// The hops, outermost first. Where one of <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> is there, <c>Forwarded</c> is not looked at:
    /// most proxies set the former and pass the latter on as the client wrote it.
    /// </summary>
    public static IReadOnlyList<ForwardedHop> ReadHops(IHeaderDictionary headers)
    {
        var (addresses, schemes, hosts) = (List(headers["X-Forwarded-For"]), List(headers["X-Forwarded-Proto"]), List(headers["X-Forwarded-Host"]));
        var count = Math.Max(addresses.Length, Math.Max(schemes.Length, hosts.Length));
        if (count == 0)
            return ReadForwarded(headers["Forwarded"].ToString());
        if (count > MostHops)
            return [];
        var hops = new ForwardedHop[count];
        // Lists of different lengths meet at the nearest proxy.
        for (var i = 1; i <= count; i++)
            hops[^i] = new ForwardedHop(ReadAddress(At(addresses, i)), ReadScheme(At(schemes, i)), ReadHost(At(hosts, i)));
        return hops;
    }

    /// <summary>The path that the proxy has cut off; null when there is none.</summary>
    public static string? ReadPrefix(IHeaderDictionary headers)
    {
        if (headers["X-Forwarded-Prefix"] is not [{ } value])
            return null;
        var prefix = value.TrimEnd('/');
        var isPath = prefix.StartsWith('/') && prefix.Length <= LongestPrefix && !prefix.Contains("//", StringComparison.Ordinal) && !prefix.Contains("..", StringComparison.Ordinal);
        return isPath && prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or '~') ? prefix : null;
    }

    /// <summary><c>for=192.0.2.60;proto=https;host="a.example:8443", for="[2001:db8::1]:4711"</c>. One that is malformed anywhere says nothing.</summary>
    private static List<ForwardedHop> ReadForwarded(string text)
    {
        var hops = new List<ForwardedHop>();
        var reader = new ForwardedReader(text);
        while (reader.NextElement())
        {
            var hop = default(ForwardedHop);
            while (reader.NextPair(out var name, out var value))
            {
                hop = name.ToUpperInvariant() switch
                {
                    "FOR" => hop with { For = ReadAddress(value) },
                    "PROTO" => hop with { Scheme = ReadScheme(value) },
                    "HOST" => hop with { Host = ReadHost(value) },
                    _ => hop,
                };
            }

            hops.Add(hop);
        }

        return reader.IsMalformed || hops.Count > MostHops ? [] : hops;
    }

    private static string? ReadScheme(string? text) => text?.ToUpperInvariant() switch
    {
        "HTTP" => "http",
        "HTTPS" => "https",
        _ => null,
    };

    /// <summary>It becomes a part of links: nothing but a host and a port gets in.</summary>
    private static string? ReadHost(string? text)
    {
        if (text is not { Length: > 0 and <= LongestHost } || text.AsSpan().ContainsAnyExcept(_hostCharacters))
            return null;
        var isAddress = Uri.TryCreate($"http://{text}/", UriKind.Absolute, out var uri);
        return isAddress && uri!.UserInfo.Length == 0 && uri.PathAndQuery == "/" && uri.Port > 0 ? text : null;
    }

    /// <summary>An address, with a port or without; null for names that hide it.</summary>
    public static IPAddress? ReadAddress(string? text)
    {
        // An IPv6 address with a port, or as Forwarded wants it, stands in brackets; parsing an endpoint knows all but the bare one.
        if (!IPAddress.TryParse(text, out var address) && IPEndPoint.TryParse(text ?? "", out var endpoint))
            address = endpoint.Address;
        // The framework takes 7 for 0.0.0.7.
        return address is { AddressFamily: AddressFamily.InterNetwork } && !text!.StartsWith(address.ToString(), StringComparison.Ordinal) ? null : address;
    }

    private static string[] List(StringValues values) => values.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string? At(string[] list, int fromEnd) => fromEnd <= list.Length ? list[^fromEnd] : null;
}
