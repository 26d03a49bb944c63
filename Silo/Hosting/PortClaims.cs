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

    private PortClaims(SiloEndpoints silo, Socket? held) => (Silo, _held) = (silo, held);

    /// <summary>Where other silos find this one, and where it listens for them.</summary>
    public SiloEndpoints Silo { get; }

    /// <exception cref="StartException">A port is taken, or the machine does not have the address.</exception>
    public static PortClaims Claim(ClusterSettings cluster, string? urls)
    {
        var addresses = (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Read).OfType<BindingAddress>()
            .ToArray();
        if (cluster.WantedPort != 0 && addresses.Any(address => address.Port == cluster.WantedPort))
            throw StartException.OfSettings([$"{SiloPortName} is {cluster.WantedPort}, which is also a port of --urls: give each its own"]);
        foreach (var address in addresses)
            RequireFree(address);
        return ClaimSiloPort(SiloAddresses.Of(cluster), cluster.WantedPort);
    }

    /// <summary>From here on Orleans alone has the silo's port.</summary>
    public void Dispose() => _held?.Dispose();

    private static PortClaims ClaimSiloPort(SiloAddresses addresses, int port)
    {
        // Another process may take a free port before it is held.
        for (var tries = port == 0 ? 10 : 1; ; tries--)
        {
            try
            {
                return ClaimExactly(addresses, port == 0 ? Free(addresses.Listen) : port);
            }
            catch (SocketException e) when (tries == 1)
            {
                throw StartException.OfEnvironment(
                    $"port {port} of {addresses.Listen} cannot be taken for the silo ({e.Message}): choose another one with {SiloPortName}", e);
            }
            catch (SocketException)
            {
                continue;
            }
        }
    }

    private static PortClaims ClaimExactly(SiloAddresses addresses, int port)
    {
        var listen = new IPEndPoint(addresses.Listen, port);
        var claimed = new SiloEndpoints(new IPEndPoint(addresses.Advertised, port), listen);
        var socket = Bind(listen);
        if (OperatingSystem.IsLinux())
        {
            Hold(socket);
            return new PortClaims(claimed, socket);
        }

        socket.Dispose();
        return new PortClaims(claimed, held: null);
    }

    private static int Free(IPAddress address)
    {
        using var socket = Bind(new IPEndPoint(address, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>A socket that has the port alone. Only listening proves that: two sockets that are merely bound can have the same port.</summary>
    private static Socket Bind(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
        try
        {
            socket.Bind(endpoint);
            socket.Listen(1);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// From here on Orleans can share the port with <paramref name="socket"/>, and no process that wants the port alone: two silos that start at the
    /// same time can't both get it. The socket stops to listen and stays bound: the system would give it some of the connections of other silos, where
    /// nothing answers.
    /// </summary>
    private static void Hold(Socket socket)
    {
        const int Level = 1; // SOL_SOCKET
        const int ReuseAddress = 2;
        const int ReusePort = 15;
        // The framework has one option for both. With SO_REUSEADDR a socket that does not listen is no obstacle to the next one.
        socket.SetRawSocketOption(Level, ReusePort, BitConverter.GetBytes(1));
        socket.SetRawSocketOption(Level, ReuseAddress, BitConverter.GetBytes(0));
        socket.Shutdown(SocketShutdown.Both);
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
