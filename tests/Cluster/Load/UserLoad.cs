using System.Net.Http.Headers;
using System.Security.Cryptography;
using Ingestion.Tests.EndToEnd.Silo.Stops;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.Cluster.Load;

/// <summary>The clients of one user, which go on until they are ended: forms, resumable uploads, those who look, and sockets.</summary>
internal sealed class UserLoad : IAsyncDisposable
{
    private const int Sockets = 2;
    private const int Chunk = 30_000;

    // A form is on its way for as long as five of them: what happens to the cluster happens in the middle of it.
    private static readonly TimeSpan _piece = TimeSpan.FromMilliseconds(100);

    // Between two videos of a client: each is processed too.
    private static readonly TimeSpan _rest = TimeSpan.FromMilliseconds(1500);
    private static readonly TimeSpan _apart = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _glance = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _end = new();
    private readonly PatientClient _client;
    private readonly List<Task> _clients = [];

    private UserLoad(string user, ApiClient api)
    {
        (User, Api) = (user, api);
        _client = new PatientClient(api, Ledger);
    }

    public string User { get; }

    public ApiClient Api { get; }

    public Ledger Ledger { get; } = new();

    public List<Follower> Followers { get; } = [];

    public static async Task<UserLoad> StartAsync(string user, ApiClient api)
    {
        var load = new UserLoad(user, api);
        for (var i = 0; i < Sockets; i++)
            load.Followers.Add(await Follower.StartAsync(api, load.Ledger));
        load.Run(_rest, () => load.SendFormAsync());
        load.Run(_rest, load.SendFormOnceAsync);
        load.Run(_rest, load.SendResumableAsync);
        load.Run(_glance, load.LookAtUploadsAsync);
        load.Run(_glance, load.LookAtVideosAsync);
        return load;
    }

    /// <summary>Forms to this silo first, which it disposes of, and from then on through the balancer.</summary>
    public async Task SendBurstAsync(ApiClient first, int forms)
    {
        using (first)
            await Task.WhenAll(Enumerable.Range(0, forms).Select(async i =>
            {
                await Task.Delay(i * _apart);
                await SendFormAsync(first);
            }));
    }

    /// <summary>Ends the clients, each behind what it is at; the sockets stay.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_clients).WaitAsync(3 * Eventually.Deadline);
    }

    /// <summary>Ends all of them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        foreach (var follower in Followers)
            await follower.DisposeAsync();
        await Task.WhenAll(_clients);
        Api.Dispose();
        _end.Dispose();
    }

    private void Run(TimeSpan pause, Func<Task> work) => _clients.Add(Task.Run(async () =>
    {
        while (!_end.IsCancellationRequested)
        {
            await work();
            await Task.Delay(pause);
        }
    }));

    /// <summary>Comes again with its key until it is answered.</summary>
    private async Task SendFormAsync(ApiClient? first = null)
    {
        var (name, video) = NewVideo("form");
        var key = ("Idempotency-Key", name);
        var to = first ?? Api;
        var answer = await _client.SendAsync("form", () => PostFormAsync(Interlocked.Exchange(ref to, Api), name, video, key));
        if (_client.Judge(answer, 201, $"form {name}"))
            Ledger.Acknowledge(name, answer!.Json.GetProperty("video_id").GetString()!);
    }

    /// <summary>Is sent once and without a key: a video of it may be there or not when there is no answer.</summary>
    private async Task SendFormOnceAsync()
    {
        var (name, video) = NewVideo("once");
        var answer = await _client.TryAsync("form-once", () => PostFormAsync(Api, name, video));
        if (answer is not null && !PatientClient.IsNotNow(answer) && _client.Judge(answer, 201, $"form {name}"))
            Ledger.Acknowledge(name, answer.Json.GetProperty("video_id").GetString()!);
    }

    private static Task<Answer> PostFormAsync(ApiClient to, string name, byte[] video, params (string Name, string Value)[] headers)
    {
        var form = FormBody.Of(video, name);
        var content = new StreamContent(new SlowStream(form.Bytes, pieces: 5, _piece));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(form.ContentType);
        return to.SendAsync(HttpMethod.Post, "/api/videos/upload", content, headers);
    }

    /// <summary>Is created with a key; then requests the offset and sends a piece from there until all is sent.</summary>
    private async Task SendResumableAsync()
    {
        var (name, video) = NewVideo("tus");
        var tus = new TusClient(Api);
        (string, string)[] headers =
        [
            ("Upload-Length", $"{video.Length}"), ("Upload-Metadata", $"filename {TusClient.Base64(name)}"), ("Idempotency-Key", name),
        ];
        var created = await _client.SendAsync("creation", () => tus.PostAsync(body: null, headers));
        if (!_client.Judge(created, 201, $"creation of {name}"))
            return;
        var path = TusClient.PathOf(created!);
        var floor = Ledger.Running[path] = new OffsetFloor();
        while (await OffsetAsync(tus, path, floor) is { } offset)
        {
            if (offset == video.Length)
            {
                Ledger.Running.TryRemove(path, out _);
                Ledger.Acknowledge(name, TusClient.IdOf(path));
                return;
            }

            await AppendAsync(tus, path, floor, offset, video[(int)offset..(int)Math.Min(video.Length, offset + Chunk)]);
            await Task.Delay(_piece);
        }
    }

    private async Task AppendAsync(TusClient tus, string path, OffsetFloor floor, long offset, byte[] piece)
    {
        var answer = await _client.TryAsync("piece", () => tus.PatchAsync(path, offset, piece));
        if (answer is { Status: 204 })
            floor.Raise(TusClient.OffsetOf(answer));
        else if (answer is not null && !PatientClient.IsNotNow(answer) && answer.Status is not 409)
            Ledger.Violations.Enqueue($"piece of {path} at {offset}: {answer.Status} {answer.Text}");
        else
            await Task.Delay(_glance);
    }

    /// <summary>What HEAD shows, which must not be less than what was known before it.</summary>
    private async Task<long?> OffsetAsync(TusClient tus, string path, OffsetFloor floor)
    {
        var known = floor.Offset;
        var answer = await _client.SendAsync("offset", () =>
        {
            known = floor.Offset;
            return tus.HeadAsync(path);
        });
        if (!_client.Judge(answer, 200, $"offset of {path}, which is at {known}"))
            return null;
        var offset = TusClient.OffsetOf(answer!);
        if (offset < known)
            Ledger.Violations.Enqueue($"{path} fell from {known} to {offset}");
        floor.Raise(offset);
        return offset;
    }

    /// <summary>Another device of the user, which may reach another silo than the one that sends.</summary>
    private async Task LookAtUploadsAsync()
    {
        foreach (var (path, floor) in Ledger.Running)
            await OffsetAsync(new TusClient(Api), path, floor);
    }

    /// <summary>The library, and a video that was acknowledged, with its bytes.</summary>
    private async Task LookAtVideosAsync()
    {
        _client.Judge(await _client.SendAsync("list", () => Api.GetAsync("/api/videos?limit=5")), 200, "list");
        if (Ledger.Acknowledged.ToArray() is not { Length: > 0 } videos)
            return;
        var (name, id) = videos[Random.Shared.Next(videos.Length)];
        _client.Judge(await _client.SendAsync("record", () => Api.GetAsync($"/api/videos/{id}")), 200, $"record of {name} ({id})");
        var source = await _client.SendAsync("source", () => Api.GetAsync($"/api/videos/{id}/source"));
        if (_client.Judge(source, 200, $"source of {name} ({id})") && !SHA256.HashData(source!.Body).AsSpan().SequenceEqual(Ledger.Sent[name]))
            Ledger.Violations.Enqueue($"source of {name} ({id}): {source.Body.Length} bytes that were not sent");
    }

    private (string Name, byte[] Video) NewVideo(string kind)
    {
        var video = Samples.Padded(Samples.Mp4.Length + Chunk + Random.Shared.Next(Chunk));
        RandomNumberGenerator.Fill(video.AsSpan(Samples.Mp4.Length));
        var name = $"{kind}-{Guid.NewGuid():N}.mp4";
        Ledger.Send(name, SHA256.HashData(video));
        return (name, video);
    }
}
