using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>A client of tus that sends what the test gives it, right or wrong. An empty value leaves a field out.</summary>
internal sealed class TusClient(ApiClient api)
{
    public const string Uploads = "/api/uploads";
    public const string PieceType = "application/offset+octet-stream";

    public async Task<Answer> SendAsync(string method, string path, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        var all = headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase);
        all.TryAdd("Tus-Resumable", "1.0.0");
        using var content = body is null ? null : new ByteArrayContent(body);
        if (content is not null && all.GetValueOrDefault("Content-Type", PieceType) is { Length: > 0 } type)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return await api.SendAsync(new HttpMethod(method), path, content,
            [.. all.Where(header => header.Key != "Content-Type" && header.Value.Length > 0).Select(header => (header.Key, header.Value))]);
    }

    public Task<Answer> PostAsync(byte[]? body, params (string Name, string Value)[] headers) => SendAsync("POST", Uploads, body, headers);

    /// <summary>Creates an upload and expects that to go well; its path.</summary>
    public async Task<string> CreateAsync(long length, params (string Name, string Value)[] headers) =>
        PathOf(await PostAsync(body: null, [("Upload-Length", $"{length}"), .. headers]));

    public Task<Answer> HeadAsync(string path, params (string Name, string Value)[] headers) => SendAsync("HEAD", path, body: null, headers);

    public Task<Answer> PatchAsync(string path, long offset, byte[] body, params (string Name, string Value)[] headers) =>
        SendAsync("PATCH", path, body, [("Upload-Offset", $"{offset}"), .. headers]);

    public Task<Answer> DeleteAsync(string path) => SendAsync("DELETE", path);

    public async Task<long> OffsetAsync(string path) => OffsetOf((await HeadAsync(path)).Is(200));

    /// <summary>Creates a partial upload and sends all of it; its path.</summary>
    public async Task<string> UploadPartialAsync(byte[] content)
    {
        var path = await CreateAsync(content.Length, ("Upload-Concat", "partial"));
        (await PatchAsync(path, 0, content)).Is(204);
        return path;
    }

    /// <summary>The head of a request, for a socket.</summary>
    public string[] Fields(params string[] fields) => [$"Authorization: Bearer {api.Token}", "Tus-Resumable: 1.0.0", .. fields];

    /// <summary>The path of a created upload.</summary>
    public static string PathOf(Answer answer)
    {
        var location = new Uri(answer.Is(201).Header("Location")!);
        Assert.Matches("^/api/uploads/[0-9a-f]{32}$", location.AbsolutePath);
        return location.AbsolutePath;
    }

    public static string IdOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    public static long OffsetOf(Answer answer) => long.Parse(answer.Header("Upload-Offset")!, CultureInfo.InvariantCulture);

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>It is a date of HTTP, in the future.</summary>
    public static DateTimeOffset ExpiryOf(Answer answer)
    {
        var expires = DateTimeOffset.ParseExact(answer.Header("Upload-Expires")!, "R", CultureInfo.InvariantCulture);
        Assert.True(expires > TimeProvider.System.GetUtcNow(), $"{expires} is over.");
        return expires;
    }
}
