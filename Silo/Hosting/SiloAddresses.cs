using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Ingestion.Silo.Hosting;

/// <summary>An address of this machine, and the network interface that has it.</summary>
internal readonly record struct LocalAddress(string Interface, IPAddress Address);

/// <summary>Where other silos find this one, and where it listens for them.</summary>
internal sealed record SiloAddresses(IPAddress Advertised, IPAddress Listen)
{
    private const string AdvertisedName = $"Ingestion:Cluster:{nameof(ClusterSettings.AdvertisedAddress)}";
    private const string ListenName = $"Ingestion:Cluster:{nameof(ClusterSettings.ListenAddress)}";

    /// <summary>The addresses of this silo on this machine.</summary>
    /// <exception cref="StartException">The settings name an address that the machine does not have, or that other silos can't reach.</exception>
    public static SiloAddresses Of(ClusterSettings cluster) =>
        cluster.IsPostgres ? Choose(cluster, Local(), Resolve) : new SiloAddresses(IPAddress.Loopback, IPAddress.Loopback);

    /// <param name="cluster">The settings.</param>
    /// <param name="local">Every address of the machine, in the order of its interfaces.</param>
    /// <param name="resolve">The addresses of a host name; none when it has none.</param>
    /// <exception cref="StartException">They name an address that the machine does not have, or that other silos can't reach.</exception>
    public static SiloAddresses Choose(ClusterSettings cluster, IReadOnlyList<LocalAddress> local, Func<string, IReadOnlyList<IPAddress>> resolve)
    {
        var listen = cluster.ListenAddress.Length == 0 ? null : ReadListen(cluster.ListenAddress, local);
        var advertised = (cluster.AdvertisedAddress, listen, cluster.OneSilo) switch
        {
            // No other silo looks for it.
            ("", null, true) => IPAddress.Loopback,
            ("", _, _) => Default(local),
            _ => Find(cluster.AdvertisedAddress, local, resolve, isForwarded: listen is not null),
        };
        if (listen is not null && listen.AddressFamily != advertised.AddressFamily)
            throw Refuse($"{ListenName} is {listen} and the address for other silos {advertised}: one is IPv4 and the other IPv6");
        return new SiloAddresses(advertised, listen ?? advertised);
    }

    private static IPAddress Default(IReadOnlyList<LocalAddress> local) =>
        Best(local.Select(one => one.Address).Where(address => !IPAddress.IsLoopback(address)))
        ?? throw Refuse($"this machine has no address that other silos could reach: set {AdvertisedName}, to 127.0.0.1 when all silos run here");

    /// <param name="text">An address, an interface or a host name.</param>
    /// <param name="local">Every address of the machine.</param>
    /// <param name="resolve">The addresses of a host name.</param>
    /// <param name="isForwarded">Whether it may be that of a device that forwards to this machine, such as the host of a container.</param>
    private static IPAddress Find(string text, IReadOnlyList<LocalAddress> local, Func<string, IReadOnlyList<IPAddress>> resolve, bool isForwarded)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            if (IsAny(address))
                throw Refuse($"{AdvertisedName} is {text}, which other silos can't reach: name one address; {ListenName} may be {text}");
            return isForwarded || IsHere(address, local)
                ? address
                : throw Refuse($"{AdvertisedName} is {text}, and this machine does not have that address (it has {Names(local)})");
        }

        var ofInterface = local.Where(one => one.Interface == text).Select(one => one.Address).ToArray();
        if (ofInterface.Length > 0)
            return Best(ofInterface) ?? throw Refuse($"{AdvertisedName} is the network interface {text}, which has only link-local addresses");
        return OfHost(text, resolve(text), local, isForwarded);
    }

    private static IPAddress OfHost(string name, IReadOnlyList<IPAddress> addresses, IReadOnlyList<LocalAddress> local, bool isForwarded)
    {
        if (addresses.Count == 0)
            throw Refuse($"{AdvertisedName} is '{name}', which is no address, no network interface of this machine (it has {Names(local)}) and no host name");
        var usable = addresses.Where(address => isForwarded || IsHere(address, local)).ToArray();
        if (usable.Length == 0)
            throw Refuse($"{AdvertisedName} is {name}, whose address {string.Join(", ", addresses)} this machine does not have (it has {Names(local)})");
        // Many systems give the machine's own name the address 127.0.1.1; the other silos would look for this one on their own machines.
        var reached = usable.Where(address => name == "localhost" || !IPAddress.IsLoopback(address));
        return Best(reached) ?? throw Refuse(
            $"{AdvertisedName} is {name}, whose address {usable[0]} other machines can't reach: name an address or a network interface, "
            + "127.0.0.1 when all silos run here");
    }

    private static IPAddress ReadListen(string text, IReadOnlyList<LocalAddress> local)
    {
        if (!IPAddress.TryParse(text, out var address))
            throw Refuse($"{ListenName} must be an IP address of this machine or 0.0.0.0, not '{text}'");
        return IsAny(address) || IsHere(address, local)
            ? address
            : throw Refuse($"{ListenName} is {text}, and this machine does not have that address (it has {Names(local)})");
    }

    /// <summary>The first of IPv4, else the first of IPv6 that is good beyond its link; null when there is none.</summary>
    private static IPAddress? Best(IEnumerable<IPAddress> addresses) =>
        addresses.Where(address => !address.IsIPv6LinkLocal).OrderBy(address => address.AddressFamily != AddressFamily.InterNetwork).FirstOrDefault();

    // A system lists one address of the loopback network, and takes all of it.
    private static bool IsHere(IPAddress address, IReadOnlyList<LocalAddress> local) =>
        IPAddress.IsLoopback(address) || local.Any(one => one.Address.Equals(address));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static string Names(IReadOnlyList<LocalAddress> local) => string.Join(", ", local.Select(one => $"{one.Interface} {one.Address}"));

    private static StartException Refuse(string sentence) => StartException.OfSettings([sentence]);

    private static LocalAddress[] Local() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces().Where(one => one.OperationalStatus != OperationalStatus.Down)
            .SelectMany(one => one.GetIPProperties().UnicastAddresses.Select(address => new LocalAddress(one.Name, address.Address))),
    ];

    private static IPAddress[] Resolve(string name)
    {
        try
        {
            return Dns.GetHostAddresses(name);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return [];
        }
    }
}

/// <summary>The addresses of a silo with its port.</summary>
internal sealed record SiloEndpoints(IPEndPoint Advertised, IPEndPoint Listen);
