namespace Ingestion.Bench.ClusterLoad;

/// <summary>Sockets that only listen.</summary>
internal sealed class Sockets(Client client, string[] tokens)
{
    private const int ConnectingAtOnce = 50;

    public async Task RunAsync(int count)
    {
        using var stop = new CancellationTokenSource();
        var listeners = Enumerable.Range(0, count).Select(i => new Listener(client, tokens[i % tokens.Length], watches: false)).ToArray();
        var running = new List<Task>();
        foreach (var some in listeners.Chunk(ConnectingAtOnce))
        {
            running.AddRange(some.Select(listener => listener.RunAsync(stop.Token)));
            await Task.WhenAll(some.Select(listener => listener.Subscribed));
        }

        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        await stop.CancelAsync();
        await Task.WhenAll(running);
        Console.WriteLine($"{listeners.Sum(listener => listener.Events)} events, {listeners.Sum(listener => listener.Closes)} closed");
    }
}
