using System.Net;
using System.Net.Sockets;

namespace Ingestion.Backends.Webhooks;

/// <summary>A host is at an address where no receiver may be.</summary>
/// <param name="bySetting">A setting forbids it; otherwise it is not public.</param>
internal sealed class WebhookAddressForbiddenException(bool bySetting) : Exception("The address is not allowed.")
{
    public bool IsBySetting => bySetting;
}

/// <summary>
/// Opens connections to receivers. What is connected to is the very address that was resolved and checked: a name that resolves to another one
/// a moment later gains nothing.
/// </summary>
/// <param name="allowPrivateAddresses">Whether any address will do.</param>
/// <param name="forbidden">Networks where none may be, whatever else is allowed.</param>
/// <param name="resolve">What a name stands for now.</param>
internal sealed class WebhookConnector(
    bool allowPrivateAddresses, IReadOnlyList<IPNetwork> forbidden, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    /// <summary>The host's addresses, all of which are allowed.</summary>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        // The system's resolver does not take 0.0.0.0 and [::] for addresses.
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        // All of them: a single inside address makes the whole name suspect.
        if (!allowPrivateAddresses && !Array.TrueForAll(addresses, WebhookAddress.IsPublic))
            throw new WebhookAddressForbiddenException(bySetting: false);
        return Array.Exists(addresses, IsForbidden) ? throw new WebhookAddressForbiddenException(bySetting: true) : addresses;
    }

    private bool IsForbidden(IPAddress address) => forbidden.Any(network => WebhookAddress.FormsOf(address).Any(network.Contains));

    /// <summary>For the client of HTTP.</summary>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);

    /// <summary>A connection to the host, which may be at none but allowed addresses.</summary>
    public async ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(host, cancellationToken);
        SocketException? failure = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                failure = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }
}
