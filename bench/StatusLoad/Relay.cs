using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Ingestion.Bench.StatusLoad;

/// <summary>
/// A slow way to a server: what is sent to it shares a rate, and each answer comes late. What comes back has no rate, so that a later look at what is stored is
/// quick.
/// </summary>
internal sealed class Relay(int port, string target, double bytesPerSecond, TimeSpan delay)
{
    private const int PieceBytes = 16 * 1024;

    private readonly Pace _pace = new(bytesPerSecond);

    /// <summary>Until the process is ended. Prints "ready" when it listens.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start(backlog: 1_024);
        Console.WriteLine("ready");
        while (!stop.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await listener.AcceptSocketAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            _ = CarryAsync(client);
        }
    }

    /// <summary>Ends both connections when either ends, as a server that closes one would.</summary>
    private async Task CarryAsync(Socket client)
    {
        using var near = client;
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        try
        {
            var colon = target.LastIndexOf(':');
            await far.ConnectAsync(target[..colon], int.Parse(target[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture));
            await await Task.WhenAny(CopyAsync(near, far, _pace.TakeAsync), CopyAsync(far, near, new Lateness(delay).WaitAsync));
        }
        catch (SocketException)
        {
            // One of them has gone.
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, Func<int, Task> waitAsync)
    {
        var piece = new byte[PieceBytes];
        while (await from.ReceiveAsync(piece) is > 0 and var read)
        {
            await waitAsync(read);
            for (var sent = 0; sent < read;)
                sent += await to.SendAsync(piece.AsMemory(sent, read - sent));
        }
    }

    /// <summary>Once for an answer: its further pieces are on the way already.</summary>
    private sealed class Lateness(TimeSpan delay)
    {
        private long _last;

        public async Task WaitAsync(int bytes)
        {
            if (_last == 0 || Stopwatch.GetElapsedTime(_last) >= delay)
                await Task.Delay(delay);
            _last = Stopwatch.GetTimestamp();
        }
    }
}
