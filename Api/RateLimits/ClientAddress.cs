using System.Net;
using System.Net.Sockets;

namespace Ingestion.Api.RateLimits;

/// <summary>What counts as one address. Behind trusted proxies it is the client's: see <c>ProxiedRequest</c>.</summary>
internal static class ClientAddress
{
    // An address of IPv6 is one of the 2^64 that its holder can pick from.
    private const int NetworkBytes = 8;

    public static string Of(HttpContext context) => NetworkOf(context.Connection.RemoteIpAddress);

    internal static string NetworkOf(IPAddress? address)
    {
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        return address.AddressFamily is AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, NetworkBytes))
            : address.ToString();
    }
}
