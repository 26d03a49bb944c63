using System.Diagnostics;
using System.Net.WebSockets;

namespace Ingestion.Bench.StatusLoad;

/// <summary>What happens when all sockets of a silo come back at once.</summary>
internal sealed class Storm(Uri url, string[] tokens) : IDisposable
{
    // In flight at a time: more do not come faster, and only fill the listener's queue.
    private readonly SemaphoreSlim _connecting = new(256);
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(10) };
    private int _refused;

    public async Task RunAsync()
    {
        using var client = new HttpMessageInvoker(_handler, disposeHandler: false);
        var subscribers = tokens.Select(token => new Subscriber(url, token)).ToList();
        await Task.WhenAll(subscribers.Select(subscriber => UntilSubscribedAsync(subscriber, client)));
        Console.WriteLine("ready");

        var began = 0L;
        Interlocked.Exchange(ref _refused, 0);
        var back = await Task.WhenAll(subscribers.Select(async subscriber =>
        {
            await subscriber.ReadAsync((_, _) => { });
            Interlocked.CompareExchange(ref began, Stopwatch.GetTimestamp(), 0);
            await UntilSubscribedAsync(subscriber, client);
            return Stopwatch.GetElapsedTime(Volatile.Read(ref began)).TotalMilliseconds;
        }));
        Console.WriteLine($"subscribed again: {Percentiles.Of(back)}; refused {_refused} times");
        foreach (var subscriber in subscribers)
            subscriber.Dispose();
    }

    public void Dispose()
    {
        _handler.Dispose();
        _connecting.Dispose();
    }

    /// <summary>Reconnects as clients should: at the time in the refusal, otherwise soon and never at the same time as the others.</summary>
    private async Task UntilSubscribedAsync(Subscriber subscriber, HttpMessageInvoker client)
    {
        for (var tries = 1; !await TrySubscribeAsync(subscriber, client); tries++)
        {
            if (subscriber.RetryAfter is not { } delay)
            {
                delay = TimeSpan.FromMilliseconds(Random.Shared.Next(100 * Math.Min(tries, 20)));
            }
            else
            {
                Interlocked.Increment(ref _refused);
                delay += TimeSpan.FromMilliseconds(Random.Shared.Next(1000));
            }

            await Task.Delay(delay);
        }
    }

    private async Task<bool> TrySubscribeAsync(Subscriber subscriber, HttpMessageInvoker client)
    {
        await _connecting.WaitAsync();
        try
        {
            await subscriber.SubscribeAsync(client);
            return true;
        }
        catch (WebSocketException)
        {
            return false;
        }
        finally
        {
            _connecting.Release();
        }
    }
}
