using System.Collections.Concurrent;
using System.Diagnostics;
using Ingestion.Bench.StatusLoad;

namespace Ingestion.Bench.ClusterLoad;

/// <summary>Many uploads of one file, shared out over the users.</summary>
internal sealed class Uploads(Client client, string[] tokens, byte[] file)
{
    private static readonly TimeSpan _longestProcessing = TimeSpan.FromMinutes(2);

    private readonly ConcurrentBag<double> _times = [];
    private readonly Answers _answers = new();

    /// <summary>So many at a time, each as soon as one before has ended.</summary>
    public async Task RunAsync(string kind, int count, int atOnce, bool untilReady)
    {
        var began = Stopwatch.GetTimestamp();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                await TryAsync(kind, tokens[i % tokens.Length], untilReady);
        }));
        Console.WriteLine($"{kind}: {_answers}; {Percentiles.Of(_times)}; {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s in all");
    }

    public async Task BurstAsync(int count)
    {
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => TryAsync("form", tokens[i % tokens.Length], untilReady: false)));
        Console.WriteLine($"{_answers.Of("201")} of {count} accepted; {_answers}; {Percentiles.Of(_times)}");
    }

    private async Task TryAsync(string kind, string token, bool untilReady)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var video = await client.UploadAsync(kind, token, file);
            _times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            _answers.Count("201");
            if (untilReady)
                await UntilReadyAsync(token, video);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            _answers.Count(e);
        }
    }

    private async Task UntilReadyAsync(string token, string video)
    {
        var began = Stopwatch.GetTimestamp();
        while (await client.StateAsync(token, video) is not ("ready" or "failed"))
        {
            if (Stopwatch.GetElapsedTime(began) > _longestProcessing)
            {
                _answers.Count("not ready");
                return;
            }

            await Task.Delay(200);
        }
    }
}
