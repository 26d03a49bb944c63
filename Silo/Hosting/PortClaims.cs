using System.Net;
using System.Net.Sockets;

namespace Ingestion.Silo.Hosting;

/// <summary>
/// The ports of this silo, found free before Orleans starts. Orleans listens with SO_REUSEPORT, so that a second silo on the same port would
/// share it without an error and get half of the other's connections.
/// </summary>
internal sealed class PortClaims : IDisposable
{
    private const string SiloPortName = "Ingestion:Cluster:SiloPort";

    private readonly Socket? _held;

    private PortClaims(IPEndPoint silo, Socket? held) => (Silo, _held) = (silo, held);

    /// <summary>Where the silo listens for other silos.</summary>
    public IPEndPoint Silo { get; }

    /// <exception cref="StartException">A port is taken.</exception>
    public static PortClaims Claim(ClusterSettings cluster, string? urls)
    {
        var addresses = (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Read).OfType<BindingAddress>()
            .ToArray();
        if (cluster.WantedPort != 0 && addresses.Any(address => address.Port == cluster.WantedPort))
            throw StartException.OfSettings([$"{SiloPortName} is {cluster.WantedPort}, which is also a port of --urls: give each its own"]);
        foreach (var address in addresses)
            RequireFree(address);
        return ClaimSiloPort(cluster.WantedPort);
    }

    /// <summary>From here on Orleans alone has the silo's port.</summary>
    public void Dispose() => _held?.Dispose();

    private static PortClaims ClaimSiloPort(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw StartException.OfEnvironment(
                $"port {port} of 127.0.0.1 cannot be taken for the silo ({e.Message}): choose another one with {SiloPortName}", e);
        }

        var claimed = (IPEndPoint)socket.LocalEndPoint!;
        if (OperatingSystem.IsLinux())
        {
            // Lets Orleans share the port with this socket, and no process that wants the port alone: two silos that start at the same time
            // can't both get here.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            return new PortClaims(claimed, socket);
        }

        socket.Dispose();
        return new PortClaims(claimed, held: null);
    }

    private static BindingAddress? Read(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { IsUnixPipe: false, IsNamedPipe: false, Port: > 0 } address ? address : null;
        }
        catch (FormatException e)
        {
            throw StartException.OfSettings([$"--urls must be addresses like http://127.0.0.1:8080, not '{url}'"], e);
        }
    }

    private static void RequireFree(BindingAddress address)
    {
        var endpoint = new IPEndPoint(AddressOf(address.Host), address.Port);
        try
        {
            using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
            socket.Bind(endpoint);
        }
        catch (SocketException e)
        {
            throw StartException.OfEnvironment(
                $"{address.Scheme}://{address.Host}:{address.Port} cannot be listened on ({e.Message}): choose another address with --urls", e);
        }
    }

    private static IPAddress AddressOf(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return IPAddress.Loopback;
        // Every other name means all addresses, as in Kestrel.
        return IPAddress.TryParse(host, out var address) ? address : IPAddress.Any;
    }
}
