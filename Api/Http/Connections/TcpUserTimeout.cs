using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Ingestion.Api.Http.Connections;

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

    // Seconds. Of a peer that has vanished the first probe finds nothing out, and the time above begins with it.
    private const int ProbeAfter = 10;
    private const int ProbeEvery = 5;

    public static void Set(ConnectionContext connection, TimeSpan patience)
    {
        if (OperatingSystem.IsLinux())
            Change(connection, socket => socket.SetRawSocketOption(Level, Option, BitConverter.GetBytes((int)patience.TotalMilliseconds)));
    }

    /// <summary>Has the kernel look after a silent peer: it is gone when it has answered no probe for the time above, or 50 s where there is none.</summary>
    public static void Probe(ConnectionContext connection) => Change(connection, static socket =>
    {
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, ProbeAfter);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeEvery);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
    });

    private static void Change(ConnectionContext connection, Action<Socket> change)
    {
        // After a reset the socket has gone: thousands that are reset at once would throw as often.
        if (connection.Features.Get<IConnectionSocketFeature>() is not { Socket: { Connected: true } socket })
            return;
        try
        {
            change(socket);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has gone already.
        }
    }
}
