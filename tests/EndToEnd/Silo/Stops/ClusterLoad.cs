using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Silo.Stops;

/// <summary>
/// Clients of one user that go on until they are ended: forms whose bytes come slowly, resumable uploads, readers and sockets. None of them repeats a
/// request that failed.
/// </summary>
internal sealed class ClusterLoad(ApiClient api) : IAsyncDisposable
{
    private const int Forms = 10;
    private const int Resumables = 4;
    private const int Readers = 3;
    private const int Sockets = 6;
    private const int Chunk = 40_000;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, byte[]> _digests = new();
    private readonly List<Task> _clients = [];

    /// <summary>Requests that failed, as text.</summary>
    public ConcurrentQueue<string> Failures { get; } = [];

    /// <summary>The close codes of sockets that were ended.</summary>
    public ConcurrentQueue<int?> Closes { get; } = [];

    /// <summary>What each socket has seen: ids of events, in order.</summary>
    public List<List<string>> Seen { get; } = [.. Enumerable.Range(0, Sockets).Select(_ => new List<string>())];

    public async Task StartAsync()
    {
        for (var i = 0; i < Sockets; i++)
            _clients.Add(WatchAsync(await StatusClient.SubscribedAsync(api), Seen[i]));
        Run(Forms, SendFormAsync);
        Run(Resumables, SendResumableAsync);
        Run(Readers, async () => Judge(await api.GetAsync("/api/videos?limit=5"), 200, "list"));
    }

    /// <summary>Waits until <paramref name="count"/> more videos are acknowledged.</summary>
    public Task GoOnAsync(int count)
    {
        var due = _digests.Count + count;
        return Eventually.TrueAsync(() => _digests.Count >= due || !Failures.IsEmpty, $"{count} more videos are acknowledged");
    }

    /// <summary>Ends the clients, each after the request it is at.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_clients).WaitAsync(Eventually.Deadline);
    }

    /// <summary>Every acknowledged video is whole, as <paramref name="reader"/> sees it.</summary>
    public async Task AssertWholeAsync(ApiClient reader)
    {
        foreach (var (id, digest) in _digests)
            Assert.Equal(digest, SHA256.HashData((await reader.GetAsync($"/api/videos/{id}/source")).Is(200).Body));
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_clients);
        _end.Dispose();
    }

    private static byte[] NewVideo(int length)
    {
        var bytes = Samples.Padded(length);
        RandomNumberGenerator.Fill(bytes.AsSpan(Samples.Mp4.Length));
        return bytes;
    }

    private void Run(int clients, Func<Task> request) => _clients.AddRange(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await request();
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                Failures.Enqueue(e.ToString());
            }

            await Task.Delay(_pause);
        }
    })));

    private async Task SendFormAsync()
    {
        var video = NewVideo(Samples.Mp4.Length + Chunk);
        var form = FormBody.Of(video);
        using var content = new StreamContent(new SlowStream(form.Bytes, pieces: 5, _pause));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(form.ContentType);
        var answer = await api.SendAsync(HttpMethod.Post, "/api/videos/upload", content);
        if (Judge(answer, 201, "form"))
            _digests[answer.Json.GetProperty("video_id").GetString()!] = SHA256.HashData(video);
    }

    private async Task SendResumableAsync()
    {
        var client = new TusClient(api);
        var video = NewVideo(Samples.Mp4.Length + (2 * Chunk));
        var created = await client.PostAsync(body: null, ("Upload-Length", $"{video.Length}"));
        if (!Judge(created, 201, "creation"))
            return;
        var path = TusClient.PathOf(created);
        for (var offset = 0; offset < video.Length; offset += Chunk)
        {
            if (!Judge(await client.PatchAsync(path, offset, video[offset..Math.Min(video.Length, offset + Chunk)]), 204, $"{path} from {offset}"))
                return;
        }

        _digests[TusClient.IdOf(path)] = SHA256.HashData(video);
    }

    /// <summary>Comes back at once when it is ended, behind what it has seen.</summary>
    private async Task WatchAsync(StatusClient socket, List<string> seen)
    {
        string? last = null;
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var frame = await socket.TryNextAsync(_end.Token);
                if (frame is { IsJournalled: true })
                {
                    seen.Add(frame.EventId!);
                    last = frame.Cursor;
                }

                if (frame is not null || _end.IsCancellationRequested)
                    continue;
                Closes.Enqueue(socket.CloseCode);
                await socket.DisposeAsync();
                socket = await StatusClient.SubscribedAsync(api, last ?? "0:0");
            }
            catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or InvalidOperationException)
            {
                Failures.Enqueue(e.ToString());
                return;
            }
        }

        await socket.DisposeAsync();
    }

    private bool Judge(Answer answer, int expected, string what)
    {
        if (answer.Status == expected)
            return true;
        Failures.Enqueue($"{what}: {answer.Status} {answer.Text}");
        return false;
    }
}
