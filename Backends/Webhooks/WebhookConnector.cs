using System.Net;
using System.Net.Sockets;

namespace Ingestion.Backends.Webhooks;

/// <summary>A host is at an address that is not public.</summary>
internal sealed class WebhookAddressForbiddenException() : Exception("The address is not public.");

/// <summary>
/// Opens connections to receivers. What is connected to is the very address that was resolved and checked: a name that resolves to another one
/// a moment later gains nothing.
/// </summary>
/// <param name="allowPrivateAddresses">Whether any address will do.</param>
/// <param name="resolve">What a name stands for now.</param>
internal sealed class WebhookConnector(bool allowPrivateAddresses, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    /// <summary>The host's addresses, all of which are allowed.</summary>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var addresses = await resolve(host, cancellationToken);
        // All of them: a single inside address makes the whole name suspect.
        return allowPrivateAddresses || Array.TrueForAll(addresses, WebhookAddress.IsPublic) ? addresses : throw new WebhookAddressForbiddenException();
    }

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(context.DnsEndPoint.Host, cancellationToken);
        SocketException? failure = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancellationToken);
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
