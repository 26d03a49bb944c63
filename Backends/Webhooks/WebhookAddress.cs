using System.Net;
using System.Net.Sockets;

namespace Ingestion.Backends.Webhooks;

/// <summary>
/// Which addresses events may be sent to: pure. Users name them, and we send from inside the network: what only we can reach is nothing for them.
/// </summary>
internal static class WebhookAddress
{
    private const int LongestUrl = 2048;

    // The registries of special-purpose addresses: https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry.
    private static readonly IPNetwork[] _closed4 = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4");

    private static readonly IPNetwork _global6 = IPNetwork.Parse("2000::/3");

    // Within the global range: protocols (Teredo and benchmarks among them) and documentation.
    private static readonly IPNetwork[] _closed6 = Networks("2001::/23", "2001:db8::/32", "3fff::/20");

    // Forms that stand for an address of IPv4, and where in them it begins.
    private static readonly (IPNetwork Form, int At)[] _wrapped4 =
        [(IPNetwork.Parse("::/96"), 12), (IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("2002::/16"), 2)];

    /// <summary>Whether it is a URL that events can be sent to; where its host is, is not checked here.</summary>
    public static bool TryRead(string? url, bool allowInsecure, out Uri address)
    {
        address = null!;
        // Uri would overlook white space around it, and leave line breaks out.
        if (url is not { Length: <= LongestUrl } || url.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            || !Uri.TryCreate(url, UriKind.Absolute, out var read))
            return false;
        address = read;
        return (read.Scheme == Uri.UriSchemeHttps || (allowInsecure && read.Scheme == Uri.UriSchemeHttp))
            && read.UserInfo.Length == 0 && read.Fragment.Length == 0 && read.Host.Length > 0 && read.Port > 0;
    }

    /// <summary>Whether it can be reached from the internet.</summary>
    public static bool IsPublic(IPAddress address)
    {
        // First of all, as networks take a mapped address for one of IPv4: 2000::/3 would contain ::ffff:10.0.0.1.
        if (address.IsIPv4MappedToIPv6)
            return IsPublic(address.MapToIPv4());
        if (address.AddressFamily is AddressFamily.InterNetwork)
            return !Contains(_closed4, address);
        if (address.AddressFamily is not AddressFamily.InterNetworkV6)
            return false;
        // A scope is only for addresses of one link, and would keep them from matching.
        var plain = new IPAddress(address.GetAddressBytes());
        foreach (var (form, at) in _wrapped4)
        {
            if (form.Contains(plain))
                return IsPublic(new IPAddress(plain.GetAddressBytes().AsSpan(at, 4)));
        }

        return _global6.Contains(plain) && !Contains(_closed6, plain);
    }

    /// <summary>The address, and the address of IPv4 that it stands for, if it does.</summary>
    public static IEnumerable<IPAddress> FormsOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return [address, address.MapToIPv4()];
        if (address.AddressFamily is not AddressFamily.InterNetworkV6)
            return [address];
        var plain = new IPAddress(address.GetAddressBytes());
        return [plain, .. _wrapped4.Where(form => form.Form.Contains(plain)).Select(form => new IPAddress(plain.GetAddressBytes().AsSpan(form.At, 4)))];
    }

    private static bool Contains(IPNetwork[] networks, IPAddress address) => Array.Exists(networks, network => network.Contains(address));

    private static IPNetwork[] Networks(params string[] networks) => [.. networks.Select(IPNetwork.Parse)];
}
