using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Ingestion.Bench.StatusLoad;

/// <summary>How long it takes from the last byte of an upload, and from a state's own time, to its frame at the subscriber.</summary>
internal sealed class Latency(Uri url, string[] tokens)
{
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, long> _lastBytes = new();
    private readonly ConcurrentDictionary<string, long> _uploaded = new();
    private readonly ConcurrentBag<double> _fromState = [];
    private readonly byte[] _file = SmallVideo.Make();
    private long _measuredFrom = long.MaxValue;
    private int _failed;

    public async Task RunAsync(int rate, TimeSpan time)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler, disposeHandler: false) { BaseAddress = url };
        var subscribers = tokens.Select(token => new Subscriber(url, token)).ToList();
        foreach (var subscriber in subscribers)
            await subscriber.SubscribeAsync(client);
        var reading = subscribers.ConvertAll(subscriber => subscriber.ReadAsync(Take));

        await UploadAsync(client, rate, _warmUp);
        Volatile.Write(ref _measuredFrom, Stopwatch.GetTimestamp());
        await UploadAsync(client, rate, time);
        await Task.Delay(TimeSpan.FromSeconds(2));

        // Only uploads begun after the warm-up.
        var measured = _lastBytes.Where(upload => upload.Value >= _measuredFrom).ToList();
        var notified = measured.Where(upload => _uploaded.ContainsKey(upload.Key))
            .Select(upload => Stopwatch.GetElapsedTime(upload.Value, _uploaded[upload.Key]).TotalMilliseconds);
        Console.WriteLine(
            $"last byte to event: {Percentiles.Of(notified)}; state to frame: {Percentiles.Of(_fromState)}; "
            + $"{measured.Count} uploads, {_failed} failed");
        foreach (var subscriber in subscribers)
            subscriber.Dispose();
        await Task.WhenAll(reading);
    }

    /// <summary>At fixed times, whether those before have ended or not.</summary>
    private async Task UploadAsync(HttpClient client, int rate, TimeSpan time)
    {
        var began = Stopwatch.GetTimestamp();
        var running = new List<Task>();
        for (var i = 0; Stopwatch.GetElapsedTime(began) < time; i++)
        {
            running.Add(UploadAsync(client, tokens[i % tokens.Length]));
            var due = TimeSpan.FromSeconds((i + 1.0) / rate) - Stopwatch.GetElapsedTime(began);
            if (due > TimeSpan.Zero)
                await Task.Delay(due);
        }

        await Task.WhenAll(running);
    }

    private async Task UploadAsync(HttpClient client, string token)
    {
        using var form = new TimedForm(_file);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/videos/upload") { Content = form };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await client.SendAsync(request);
        if (!response.IsSuccessStatusCode)
        {
            Interlocked.Increment(ref _failed);
            return;
        }

        using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        _lastBytes[json.RootElement.GetProperty("video_id").GetString()!] = form.LastByte;
    }

    private void Take(JsonElement frame, long at)
    {
        var e = frame.GetProperty("data");
        if (at >= Volatile.Read(ref _measuredFrom))
            _fromState.Add((TimeProvider.System.GetUtcNow() - e.GetProperty("time").GetDateTimeOffset()).TotalMilliseconds);
        if (e.GetProperty("type").GetString() == "upload.completed")
            _uploaded[e.GetProperty("subject").GetString()!] = at;
    }
}
