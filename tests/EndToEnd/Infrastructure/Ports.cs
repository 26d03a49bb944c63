using System.Net;
using System.Net.Sockets;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>
/// Free ports of the loopback address, each given out once. Below the range that the kernel takes outgoing ports from, so that none is taken
/// between here and the listener.
/// </summary>
internal static class Ports
{
    private const int First = 20_000;
    private const int Last = 32_000;

    private static int _next = Random.Shared.Next(First, Last);

    public static int Next()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref _next) % (Last - First));
            if (IsFree(port))
                return port;
        }
    }

    /// <summary>The first of so many in a row.</summary>
    public static int NextOf(int count)
    {
        while (true)
        {
            var first = First + (Interlocked.Add(ref _next, count) % (Last - First)) - count;
            if (first >= First && Enumerable.Range(first, count).All(IsFree))
                return first;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
