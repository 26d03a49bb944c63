using System.Net.Http.Headers;
using System.Text.Json;

namespace Ingestion.Bench.ClusterLoad;

/// <summary>The requests of an upload.</summary>
internal sealed class Client(Uri url) : IDisposable
{
    /// <summary>As many connections as there are requests, each of which waits as long as an ordinary client would.</summary>
    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(60) };

    public Uri Sockets { get; } = new UriBuilder(url) { Scheme = "ws", Path = "/ws" }.Uri;

    public void Dispose() => Http.Dispose();

    /// <summary>Uploads the file once, without any repetition; returns the video's id.</summary>
    /// <exception cref="HttpRequestException">A request was refused or failed.</exception>
    public Task<string> UploadAsync(string kind, string token, byte[] file) => kind switch
    {
        "form" => FormAsync(token, file),
        "tus" => TusAsync(token, file),
        "direct" => DirectAsync(token, file),
        _ => throw new ArgumentException($"No such upload: {kind}", nameof(kind)),
    };

    public static HttpRequestMessage Form(string token, byte[] file, string? key = null)
    {
        var request = With(token, HttpMethod.Post, "/api/videos/upload");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        var part = new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("video/mp4") } };
        request.Content = new MultipartFormDataContent { { part, "video_file", "a.mp4" } };
        return request;
    }

    public static HttpRequestMessage Create(string token, long length, string? key = null)
    {
        var request = Tus(token, HttpMethod.Post, "/api/uploads");
        request.Headers.Add("Upload-Length", length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return request;
    }

    public static HttpRequestMessage Append(string token, string upload, byte[] file, int offset)
    {
        var request = Tus(token, HttpMethod.Patch, upload);
        request.Headers.Add("Upload-Offset", offset.ToString(System.Globalization.CultureInfo.InvariantCulture));
        request.Content = new ByteArrayContent(file, offset, file.Length - offset)
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") },
        };
        return request;
    }

    public static HttpRequestMessage Tus(string token, HttpMethod method, string path)
    {
        var request = With(token, method, path);
        request.Headers.Add("Tus-Resumable", "1.0.0");
        return request;
    }

    public static HttpRequestMessage With(string token, HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync()).RootElement.Clone();

    /// <summary>The state of a video, or the status code when there is none.</summary>
    public async Task<string> StateAsync(string token, string video)
    {
        using var request = With(token, HttpMethod.Get, $"/api/videos/{video}");
        using var response = await Http.SendAsync(request);
        return response.IsSuccessStatusCode ? (await ReadAsync(response)).GetProperty("status").GetString()! : $"{(int)response.StatusCode}";
    }

    private async Task<string> FormAsync(string token, byte[] file) => (await SendAsync(Form(token, file))).GetProperty("video_id").GetString()!;

    private async Task<string> TusAsync(string token, byte[] file)
    {
        using var create = Create(token, file.Length);
        using var created = (await Http.SendAsync(create)).EnsureSuccessStatusCode();
        var upload = created.Headers.Location!.AbsolutePath;
        using var append = Append(token, upload, file, 0);
        using var done = (await Http.SendAsync(append)).EnsureSuccessStatusCode();
        return upload.Split('/')[^1];
    }

    private async Task<string> DirectAsync(string token, byte[] file)
    {
        var upload = await SendAsync(Json(token, "/api/uploads/direct", $$"""{"size":{{file.Length}},"name":"a.mp4","type":"video/mp4"}"""));
        var id = upload.GetProperty("id").GetString()!;
        using var content = new ByteArrayContent(file);
        using var put = (await Http.PutAsync(upload.GetProperty("parts")[0].GetProperty("url").GetString(), content)).EnsureSuccessStatusCode();
        var etag = JsonEncodedText.Encode(put.Headers.ETag!.ToString());
        await SendAsync(Json(token, $"/api/uploads/{id}/complete", $$"""{"parts":[{"number":1,"etag":"{{etag}}"}]}"""));
        return id;
    }

    private static HttpRequestMessage Json(string token, string path, string json)
    {
        var request = With(token, HttpMethod.Post, path);
        request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        return request;
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = (await Http.SendAsync(request)).EnsureSuccessStatusCode();
            return await ReadAsync(response);
        }
    }
}
