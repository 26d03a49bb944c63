using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Ingestion.Bench.StatusLoad;

/// <summary>One caller that repeats one thing as fast as it can, over a few connections.</summary>
internal sealed class Flood(Uri url, string token, string admin) : IDisposable
{
    private const int Connections = 8;

    // So many may wait; the eight beyond them are refused again and again.
    private const int HeldPolls = 100;

    private const int ChannelsOfASub = 64;

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 2_000 }) { BaseAddress = url,
        Timeout = TimeSpan.FromSeconds(90) };
    private readonly ConcurrentDictionary<int, int> _answers = new();
    private string _upload = "";
    private string _part = "";
    private string _video = "";

    public void Dispose() => _client.Dispose();

    /// <summary>What came back, by status.</summary>
    public async Task RunAsync(string kind, TimeSpan time)
    {
        await PrepareAsync(kind);
        using var stop = new CancellationTokenSource(time);
        await Task.WhenAll(Enumerable.Range(0, kind == "polls" ? HeldPolls + Connections : Connections).Select(_ => RepeatAsync(kind, stop.Token)));
        Console.WriteLine(string.Join(", ", _answers.OrderBy(answer => answer.Key).Select(answer => $"{answer.Key}: {answer.Value}")));
    }

    private async Task RepeatAsync(string kind, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (kind is "subs")
                    await SubscribeAsync(stop);
                else if (kind is "sockets")
                    await ConnectAsync(stop);
                else
                    await SendAsync(Request(kind), stop);
            }
            catch (Exception e) when (e is OperationCanceledException or HttpRequestException or WebSocketException)
            {
                Count(e is OperationCanceledException ? 0 : 1);
            }
        }
    }

    private HttpRequestMessage Request(string kind) => kind switch
    {
        "wrong-tokens" => With("ey.wrong.token", HttpMethod.Get, "/api/videos"),
        "ticket-guesses" => new HttpRequestMessage(HttpMethod.Get, $"/api/events?ticket={Guid.NewGuid():N}"),
        "tickets" => With(token, HttpMethod.Post, "/api/events/tickets"),
        "made-up-videos" => With(token, HttpMethod.Get, $"/api/videos/{Guid.CreateVersion7():N}"),
        "made-up-uploads" => Tus(HttpMethod.Head, $"/api/uploads/{Guid.CreateVersion7():N}"),
        "polls" => With(token, HttpMethod.Get, "/api/events/poll?after=0:0&wait=60"),
        "small-appends" => Append(),
        "part-replays" => new HttpRequestMessage(HttpMethod.Put, _part) { Content = new ByteArrayContent(new byte[1_000]) },
        "shares" => With(token, HttpMethod.Post, $"/api/videos/{_video}/share"),
        "webhooks" => Json(token, "/api/webhooks", """{"url":"https://127.0.0.1/","events":["video.ready"]}"""),
        "broadcasts" => Json(admin, "/api/admin/broadcast", """{"channel":"system","message":1}"""),
        _ => throw new ArgumentException($"No such flood: {kind}", nameof(kind)),
    };

    private async Task PrepareAsync(string kind)
    {
        switch (kind)
        {
            case "small-appends":
                using (var request = Tus(HttpMethod.Post, "/api/uploads"))
                {
                    request.Headers.Add("Upload-Length", "1000000");
                    using var created = await _client.SendAsync(request);
                    _upload = created.EnsureSuccessStatusCode().Headers.Location!.AbsolutePath;
                }

                break;
            case "part-replays":
                _part = (await PostAsync(Json(token, "/api/uploads/direct", """{"name":"a.mp4","size":1000,"type":"video/mp4"}"""))).GetProperty("parts")[0]
                    .GetProperty("url").GetString()!;
                break;
            case "shares":
                using (var form = new TimedForm(new byte[1_000]))
                {
                    var upload = With(token, HttpMethod.Post, "/api/videos/upload");
                    upload.Content = form;
                    _video = (await PostAsync(upload)).GetProperty("video_id").GetString()!;
                }

                break;
        }
    }

    private async Task<JsonElement> PostAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = (await _client.SendAsync(request)).EnsureSuccessStatusCode();
            return JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()).RootElement.Clone();
        }
    }

    private async Task SendAsync(HttpRequestMessage request, CancellationToken stop)
    {
        using (request)
        {
            using var response = await _client.SendAsync(request, stop);
            Count((int)response.StatusCode);
        }
    }

    private async Task ConnectAsync(CancellationToken stop)
    {
        using var socket = await OpenAsync(stop);
        Count(101);
    }

    /// <summary>As many made-up videos as one frame may name, frame after frame.</summary>
    private async Task SubscribeAsync(CancellationToken stop)
    {
        using var socket = await OpenAsync(stop);
        var buffer = new byte[8 * 1024];
        while (!stop.IsCancellationRequested)
        {
            var channels = string.Join(',', Enumerable.Range(0, ChannelsOfASub).Select(_ => $"\"video:{Guid.CreateVersion7():N}\""));
            await socket.SendAsync(Encoding.ASCII.GetBytes($$"""{"op":"sub","id":1,"ch":[{{channels}}]}"""), WebSocketMessageType.Text,
                endOfMessage: true, stop);
            if ((await socket.ReceiveAsync(buffer, stop)).MessageType is WebSocketMessageType.Close)
                return;
            Count(200);
        }
    }

    private async Task<ClientWebSocket> OpenAsync(CancellationToken stop)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol("ingestion.v1");
            socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
            await socket.ConnectAsync(new UriBuilder(url) { Scheme = "ws", Path = "/ws" }.Uri, _client, stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private HttpRequestMessage Append()
    {
        var request = Tus(HttpMethod.Patch, _upload);
        // Wherever it ends by now: a wrong offset is answered with the right one only to HEAD, and this caller does not care.
        request.Headers.Add("Upload-Offset", _answers.GetValueOrDefault(204).ToString(System.Globalization.CultureInfo.InvariantCulture));
        request.Content = new ByteArrayContent([1]) { Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") } };
        return request;
    }

    private HttpRequestMessage Tus(HttpMethod method, string path)
    {
        var request = With(token, method, path);
        request.Headers.Add("Tus-Resumable", "1.0.0");
        return request;
    }

    private static HttpRequestMessage Json(string bearer, string path, string json)
    {
        var request = With(bearer, HttpMethod.Post, path);
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        return request;
    }

    private static HttpRequestMessage With(string bearer, HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return request;
    }

    private void Count(int status) => _answers.AddOrUpdate(status, 1, static (_, count) => count + 1);
}
