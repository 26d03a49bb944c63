using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Ingestion.Backends.Webhooks;

/// <summary>Whether receivers can be reached from here, by the rules of deliveries: name, address, connection and certificate. Nothing is sent.</summary>
public sealed class WebhookProbe
{
    private readonly WebhookSenderOptions _options;
    private readonly WebhookConnector _connector;

    /// <summary>By the settings of deliveries.</summary>
    public WebhookProbe(WebhookSenderOptions options)
        : this(options, Dns.GetHostAddressesAsync)
    {
    }

    internal WebhookProbe(WebhookSenderOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve) =>
        (_options, _connector) = (options, new WebhookConnector(options.AllowPrivateAddresses, options.Forbidden, resolve));

    /// <summary>Scheme, host and port of the receiver; null: events can't be sent to such an address.</summary>
    public string? OriginOf(string url) =>
        WebhookAddress.TryRead(url, _options.AllowInsecure, out var address) ? address.GetLeftPart(UriPartial.Authority) : null;

    /// <summary>Connects to an origin and lets go.</summary>
    /// <returns>Null: it is reached; otherwise why not, by the codes of deliveries.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<string?> ProbeAsync(string origin, CancellationToken cancellationToken)
    {
        var address = new Uri(origin);
        try
        {
            await using var connection = await _connector.ConnectAsync(address.IdnHost, address.Port, cancellationToken);
            if (address.Scheme != Uri.UriSchemeHttps)
                return null;
            await using var tls = new SslStream(connection, leaveInnerStreamOpen: true);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.IdnHost }, cancellationToken);
            return null;
        }
        catch (WebhookAddressForbiddenException)
        {
            return "address_forbidden";
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain ? "name_not_resolved" : "connection_failed";
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return "tls_failed";
        }
    }
}
