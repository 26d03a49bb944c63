using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Ingestion.Bench.StatusLoad;

/// <summary>Many sockets, of which some read slowly, and broadcasts to all of them. Each comes back when it is closed or refused.</summary>
internal sealed class Sockets(Uri url, string[] tokens, string admin) : IDisposable
{
    private const int MessageLetters = 1_000;

    // What is in flight to a slow reader must wait in the silo, not in the kernel.
    private const int SlowBufferBytes = 4 * 1024;

    private static readonly TimeSpan _slowly = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _connecting = new(256);
    private readonly Answers _broadcasts = new();
    private int _subscribed;
    private int _closed;
    private int _refused;
    private long _received;

    /// <summary>The first <paramref name="slow"/> of them take a frame a second. Prints "ready" once all have tried to subscribe.</summary>
    public async Task RunAsync(int slow, int broadcastsPerSecond, TimeSpan time)
    {
        using var quick = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        using var narrow = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, ConnectCallback = ConnectNarrowAsync });
        using var stop = new CancellationTokenSource();
        using var first = new CountdownEvent(tokens.Length);
        var sockets = tokens.Select((token, i) => HoldAsync(token, i < slow ? narrow : quick, i < slow ? _slowly : TimeSpan.Zero, first, stop.Token)).ToList();
        while (!first.IsSet)
            await Task.Delay(100);
        Console.WriteLine("ready");
        await BroadcastAsync(broadcastsPerSecond, time);
        await stop.CancelAsync();
        await Task.WhenAll(sockets);
        Console.WriteLine($"sockets: {tokens.Length}, {slow} of them slow; {_subscribed} times subscribed, {_closed} closed, {_refused} refused; "
            + $"{_broadcasts.Succeeded} broadcasts, {_broadcasts.Refused + _broadcasts.Failed} not taken, {_received} frames received");
    }

    public void Dispose() => _connecting.Dispose();

    private static async ValueTask<Stream> ConnectNarrowAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = SlowBufferBytes };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task HoldAsync(string token, HttpMessageInvoker handler, TimeSpan pause, CountdownEvent first, CancellationToken stop)
    {
        using var subscriber = new Subscriber(url, token, """["user","system"]""");
        for (var tried = false; !stop.IsCancellationRequested; tried = true)
        {
            var subscribed = await TrySubscribeAsync(subscriber, handler);
            if (!tried)
                first.Signal();
            if (subscribed)
            {
                using (stop.Register(static socket => ((Subscriber)socket!).Abort(), subscriber))
                    await subscriber.ReadAsync((_, _) => Interlocked.Increment(ref _received), pause);
                if (!stop.IsCancellationRequested)
                    Interlocked.Increment(ref _closed);
            }

            var wait = (subscribed ? null : subscriber.RetryAfter) ?? TimeSpan.Zero;
            await Task.Delay(wait + TimeSpan.FromMilliseconds(Random.Shared.Next(2_000)), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TrySubscribeAsync(Subscriber subscriber, HttpMessageInvoker handler)
    {
        await _connecting.WaitAsync();
        try
        {
            await subscriber.SubscribeAsync(handler);
            Interlocked.Increment(ref _subscribed);
            return true;
        }
        catch (WebSocketException)
        {
            Interlocked.Increment(ref _refused);
            return false;
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task BroadcastAsync(int perSecond, TimeSpan time)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };
        var (caller, began, text) = (new Caller(client, admin), Stopwatch.GetTimestamp(), new string('x', MessageLetters));
        for (var i = 1; Stopwatch.GetElapsedTime(began) < time; i++)
        {
            using var content = new StringContent($$"""{"channel":"system","message":"{{text}}"}""", Encoding.UTF8);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            await caller.SendAsync(HttpMethod.Post, "/api/admin/broadcast", content, _broadcasts);
            var early = TimeSpan.FromSeconds((double)i / perSecond) - Stopwatch.GetElapsedTime(began);
            if (early > TimeSpan.Zero)
                await Task.Delay(early);
        }
    }
}
