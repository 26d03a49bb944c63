using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Ingestion.Bench.StatusLoad;

/// <summary>What ordinary clients do and how long it takes: each reads its video 20 times a second, and uploads one of 64 KB twice a second.</summary>
internal sealed class Honest(Uri url, string[] tokens)
{
    private const int ReadsPerUpload = 10;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentBag<double> _reads = [];
    private readonly ConcurrentBag<double> _uploads = [];
    private readonly byte[] _file = SmallVideo.Make();
    private int _failed;

    public async Task RunAsync(TimeSpan time)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(tokens.Select(token => RunAsync(client, token, end)));
        Console.WriteLine($"read {Percentiles.Of(_reads)}; upload {Percentiles.Of(_uploads)}; {_failed} failed");
    }

    private async Task RunAsync(HttpClient client, string token, long end)
    {
        var video = await UploadAsync(client, token);
        while (Stopwatch.GetTimestamp() < end)
        {
            for (var i = 0; i < ReadsPerUpload; i++)
            {
                await ReadAsync(client, token, video);
                await Task.Delay(_pause);
            }

            video = await UploadAsync(client, token) ?? video;
        }
    }

    private async Task ReadAsync(HttpClient client, string token, string? video)
    {
        var began = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/videos/{video}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await client.SendAsync(request);
        Note(_reads, response, began);
    }

    private async Task<string?> UploadAsync(HttpClient client, string token)
    {
        var began = Stopwatch.GetTimestamp();
        using var form = new TimedForm(_file);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/videos/upload") { Content = form };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await client.SendAsync(request);
        if (!Note(_uploads, response, began))
            return null;
        using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return json.RootElement.GetProperty("video_id").GetString();
    }

    private bool Note(ConcurrentBag<double> taken, HttpResponseMessage response, long began)
    {
        taken.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        if (!response.IsSuccessStatusCode)
            Interlocked.Increment(ref _failed);
        return response.IsSuccessStatusCode;
    }
}
