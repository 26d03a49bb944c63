using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Ingestion.Bench.StatusLoad;

/// <summary>Calls of one user, of which none throws: a silo that has gone is an answer, too.</summary>
internal sealed class Caller(HttpClient client, string token)
{
    public string Token => token;

    /// <summary>When to come back, if the last request was refused.</summary>
    public TimeSpan? RetryAfter { get; private set; }

    public Task<JsonElement?> GetAsync(string path, Answers answers, CancellationToken stop = default) =>
        SendAsync(HttpMethod.Get, path, content: null, answers, stop);

    /// <summary>The JSON of a success; otherwise null, as for a success without.</summary>
    public async Task<JsonElement?> SendAsync(HttpMethod method, string path, HttpContent? content, Answers answers, CancellationToken stop = default)
    {
        RetryAfter = null;
        var began = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var response = await client.SendAsync(request, stop);
            var body = await response.Content.ReadAsByteArrayAsync(stop);
            answers.Note(response.StatusCode, Stopwatch.GetElapsedTime(began));
            RetryAfter = response.Headers.RetryAfter?.Delta;
            return response.IsSuccessStatusCode && body.Length > 0 ? JsonDocument.Parse(body).RootElement.Clone() : null;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // Our own end says nothing about the silo.
            if (!stop.IsCancellationRequested)
                answers.Lost();
            return null;
        }
    }

    /// <summary>Uploads a form; the id of the video once it is acknowledged, which the ledger has then.</summary>
    public async Task<string?> UploadAsync(HttpContent form, string sha256, Answers answers, Ledger ledger, CancellationToken stop = default)
    {
        if (await SendAsync(HttpMethod.Post, "/api/videos/upload", form, answers, stop) is not { } json)
            return null;
        var video = json.GetProperty("video_id").GetString()!;
        ledger.Acknowledged(video, sha256, token);
        return video;
    }
}
