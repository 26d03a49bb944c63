using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;

namespace Ingestion.Bench.StatusLoad;

/// <summary>Many users, each of whom asks once for what is new: each makes the silo activate a grain that no one needs afterwards.</summary>
internal sealed class Crowd(Uri url, string[] tokens)
{
    private const int Connections = 32;

    private readonly ConcurrentDictionary<int, int> _answers = new();
    private int _next = -1;

    /// <summary>Spread evenly over <paramref name="time"/>, or as fast as they are answered. What came back, by status.</summary>
    public async Task RunAsync(TimeSpan time)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = Connections }) { BaseAddress = url };
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => RunAsync(client, began, time / tokens.Length)));
        var answers = string.Join(", ", _answers.OrderBy(answer => answer.Key).Select(answer => $"{answer.Key}: {answer.Value}"));
        Console.WriteLine($"{answers} in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
    }

    private async Task RunAsync(HttpClient client, long began, TimeSpan apart)
    {
        for (var i = Interlocked.Increment(ref _next); i < tokens.Length; i = Interlocked.Increment(ref _next))
        {
            var early = (apart * i) - Stopwatch.GetElapsedTime(began);
            if (early > TimeSpan.FromMilliseconds(1))
                await Task.Delay(early);
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/events/poll?wait=0");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens[i]);
            Count(await StatusAsync(client, request));
        }
    }

    /// <summary>0 when no answer came.</summary>
    private static async Task<int> StatusAsync(HttpClient client, HttpRequestMessage request)
    {
        try
        {
            using var response = await client.SendAsync(request);
            return (int)response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return 0;
        }
    }

    private void Count(int status) => _answers.AddOrUpdate(status, 1, static (_, count) => count + 1);
}
