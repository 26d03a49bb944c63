using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Ingestion.Tests.EndToEnd.Infrastructure.OpenApi;

namespace Ingestion.Tests.EndToEnd.Uploads.Direct;

/// <summary>A client of direct uploads: the same one for every store. Parts go out without a token.</summary>
internal sealed class DirectClient(ApiClient api) : IDisposable
{
    public const string Uploads = "/api/uploads";

    private readonly HttpClient _parts = new() { Timeout = Eventually.Deadline };

    public Task<Answer> PostAsync(string path, object body) => PostAsync(path, JsonContent.Create(body));

    public Task<Answer> PostAsync(string path, string json, string type = "application/json")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        if (type.Length > 0)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return PostAsync(path, content);
    }

    public Task<Answer> CreateAsync(long size, string? name = "clip.mp4") => PostAsync($"{Uploads}/direct", new { name, size, type = "video/mp4" });

    /// <summary>Creates an upload of this file and expects that to go well.</summary>
    public async Task<DirectUpload> BeginAsync(byte[] file, string? name = "clip.mp4") => new((await CreateAsync(file.Length, name)).Is(201).Json, file);

    public async Task<Answer> PutAsync(string url, byte[] bytes, bool chunked = false)
    {
        using HttpContent content = chunked ? new StreamContent(new Infrastructure.UnknownLengthStream(bytes)) : new ByteArrayContent(bytes);
        using var response = await _parts.PutAsync(new Uri(url), content);
        var answer = await Answer.OfAsync(response);
        // Other addresses are those of a store.
        if (url.StartsWith(api.Address.AbsoluteUri, StringComparison.Ordinal))
            ApiContract.Golden.Judge("PUT", new Uri(url).AbsolutePath, [], answer);
        return answer;
    }

    /// <summary>Sends a part and expects that to go well; its tag.</summary>
    public async Task<string> PutAsync(DirectUpload upload, int number) =>
        (await PutAsync(upload.UrlOf(number), upload.BytesOf(number))).Is(200).Header("ETag")!;

    /// <summary>Sends all parts side by side, the last one first; what completes them.</summary>
    public async Task<SentPart[]> PutAllAsync(DirectUpload upload) =>
        await Task.WhenAll(Enumerable.Range(1, upload.Count).Reverse().Select(async number => new SentPart(number, await PutAsync(upload, number))));

    public Task<Answer> CompleteAsync(DirectUpload upload, params SentPart[] parts) =>
        PostAsync($"{upload.Path}/complete", new { parts = parts.Select(part => new { number = part.Number, etag = part.ETag }) });

    public Task<Answer> PartsAsync(DirectUpload upload) => api.GetAsync($"{upload.Path}/parts");

    /// <summary>Numbers of the parts that the store has.</summary>
    public async Task<IEnumerable<int>> StoredAsync(DirectUpload upload) =>
        (await PartsAsync(upload)).Is(200).Json.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("number").GetInt32()).ToArray();

    public Task<Answer> IssueAsync(DirectUpload upload, params int[] numbers) => PostAsync($"{upload.Path}/parts", new { numbers });

    public void Dispose() => _parts.Dispose();

    private Task<Answer> PostAsync(string path, HttpContent content) => api.SendAsync(HttpMethod.Post, path, content);
}

/// <summary>A part as its client knows it.</summary>
internal sealed record SentPart(int Number, string ETag);

/// <summary>An upload under way.</summary>
internal sealed class DirectUpload(JsonElement created, byte[] file)
{
    public string Id => created.GetProperty("id").GetString()!;

    public string Path => $"{DirectClient.Uploads}/{Id}";

    public int Count => created.GetProperty("part_count").GetInt32();

    public JsonElement[] Parts => [.. created.GetProperty("parts").EnumerateArray()];

    public string UrlOf(int number) => Parts[number - 1].GetProperty("url").GetString()!;

    public byte[] BytesOf(int number)
    {
        var part = Parts[number - 1];
        return file.AsSpan((int)part.GetProperty("offset").GetInt64(), (int)part.GetProperty("size").GetInt64()).ToArray();
    }
}
