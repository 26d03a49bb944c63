using System.Net;

namespace Ingestion.Api.Http;

/// <summary>What one proxy says of the request as it got it.</summary>
/// <param name="For">Who sent it the request; null when it does not say or hides it.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>; null when it does not say.</param>
/// <param name="Host">The host field; null when it does not say.</param>
internal readonly record struct ForwardedHop(IPAddress? For, string? Scheme, string? Host);

/// <summary>How the client reached the outermost proxy that is trusted.</summary>
/// <param name="Client">The first address, from our side, that is no trusted proxy's.</param>
/// <param name="Scheme">Null when no proxy said.</param>
/// <param name="Host">Null when no proxy said.</param>
internal readonly record struct ForwardedOrigin(IPAddress? Client, string? Scheme, string? Host)
{
    /// <summary>
    /// Walks from the nearest proxy outwards, as long as whoever said something is trusted. What stands further left anybody may have written.
    /// </summary>
    public static ForwardedOrigin Resolve(IPAddress? peer, IReadOnlyList<ForwardedHop> hops, IReadOnlyList<IPNetwork> trusted)
    {
        var origin = new ForwardedOrigin(peer, null, null);
        for (var i = hops.Count - 1; i >= 0 && IsTrusted(origin.Client, trusted); i--)
        {
            origin = new ForwardedOrigin(hops[i].For ?? origin.Client, hops[i].Scheme ?? origin.Scheme, hops[i].Host ?? origin.Host);
            if (hops[i].For is null)
                break;
        }

        return origin;
    }

    /// <summary>Whether what <paramref name="address"/> says of a request is believed.</summary>
    public static bool IsTrusted(IPAddress? address, IReadOnlyList<IPNetwork> trusted)
    {
        if (address is null)
            return false;
        // A socket for both families shows IPv4 peers in IPv6 clothes.
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in trusted)
        {
            if (network.Contains(plain))
                return true;
        }

        return false;
    }
}
