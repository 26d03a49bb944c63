using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Ingestion.Api.Http;

/// <summary>
/// How long the kernel keeps a connection whose peer takes nothing (RFC 5482, <c>man 7 tcp</c>). Of one that we have closed it still holds what it
/// took from us, some MB, and offers it for minutes to a peer that lives and does not read. Only Linux has it; elsewhere the kernel's own patience
/// is the bound.
/// </summary>
internal static class TcpUserTimeout
{
    // IPPROTO_TCP and TCP_USER_TIMEOUT, which takes milliseconds.
    private const int Level = 6;
    private const int Option = 18;

    public static void Set(ConnectionContext connection, TimeSpan patience)
    {
        if (!OperatingSystem.IsLinux() || connection.Features.Get<IConnectionSocketFeature>() is not { Socket: var socket })
            return;
        try
        {
            socket.SetRawSocketOption(Level, Option, BitConverter.GetBytes((int)patience.TotalMilliseconds));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has gone already.
        }
    }
}
