using System.Globalization;
using System.Net.Http.Headers;

namespace Ingestion.Tests.EndToEnd.Uploads.Ietf;

/// <summary>A client of the IETF's resumable uploads that sends what the test gives it, right or wrong. An empty value leaves a field out.</summary>
internal sealed class IetfClient(ApiClient api)
{
    public const string Uploads = "/api/uploads";
    public const string PartialUpload = "application/partial-upload";
    public const string ProblemTypes = "https://iana.org/assignments/http-problem-types#";

    public async Task<Answer> SendAsync(string method, string path, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        var all = headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase);
        all.TryAdd("Upload-Draft-Interop-Version", "8");
        if (all.Remove("Content-Type", out var type) && type.Length > 0)
        {
            body ??= new ByteArrayContent([]);
            body.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        if (all.Remove("Content-Disposition", out var disposition))
            body!.Headers.TryAddWithoutValidation("Content-Disposition", disposition);
        return await api.SendAsync(new HttpMethod(method), path, body,
            [.. all.Where(header => header.Value.Length > 0).Select(header => (header.Key, header.Value))]);
    }

    /// <summary>Creates an upload with these bytes, the last ones or not.</summary>
    public Task<Answer> PostAsync(byte[] body, bool last, params (string Name, string Value)[] headers) =>
        SendAsync("POST", Uploads, new ByteArrayContent(body), [.. With(headers, ("Upload-Complete", Flag(last)))]);

    /// <summary>Creates an upload that more is to come for, and expects that to go well; its path.</summary>
    public async Task<string> CreateAsync(byte[] first, params (string Name, string Value)[] headers) => PathOf(await PostAsync(first, last: false, headers));

    public Task<Answer> HeadAsync(string path) => SendAsync("HEAD", path);

    public Task<Answer> PatchAsync(string path, long offset, byte[] body, bool last, params (string Name, string Value)[] headers) =>
        PatchAsync(path, offset, new ByteArrayContent(body), last, headers);

    public Task<Answer> PatchAsync(string path, long offset, HttpContent body, bool last, params (string Name, string Value)[] headers) =>
        SendAsync("PATCH", path, body, [.. With(headers, ("Upload-Offset", $"{offset}"), ("Upload-Complete", Flag(last)), ("Content-Type", PartialUpload))]);

    public async Task<long> OffsetAsync(string path) => OffsetOf((await HeadAsync(path)).Is(204));

    /// <summary>The head of a request, for a socket.</summary>
    public string[] Fields(params string[] fields) => [$"Authorization: Bearer {api.Token}", .. fields];

    /// <summary>The path of an upload that waits for more.</summary>
    public static string PathOf(Answer answer)
    {
        Assert.Equal("?0", answer.Is(201).Header("Upload-Complete"));
        var location = new Uri(answer.Header("Location")!);
        Assert.Matches("^/api/uploads/[0-9a-f]{32}$", location.AbsolutePath);
        return location.AbsolutePath;
    }

    public static string IdOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    public static long OffsetOf(Answer answer) => long.Parse(answer.Header("Upload-Offset")!, CultureInfo.InvariantCulture);

    /// <summary>The answer is the same as for the whole file in one request, and the file is there; the video's id.</summary>
    public static async Task<string> IsVideoAsync(ApiClient api, Answer answer, byte[] content)
    {
        Assert.Equal("?1", answer.Is(201).Header("Upload-Complete"));
        var id = answer.Json.GetProperty("video_id").GetString()!;
        Assert.Equal($"/api/videos/{id}", answer.Header("Location"));
        Assert.Equal(content.Length, answer.Json.GetProperty("size_bytes").GetInt64());
        Assert.Equal(content.Length, OffsetOf(answer));
        Assert.Equal([id], await api.ListAsync());
        var source = (await api.GetAsync($"/api/videos/{id}/source")).Is(200);
        Assert.True(content.AsSpan().SequenceEqual(source.Body), "The video has other bytes than the file.");
        return id;
    }

    private static string Flag(bool last) => last ? "?1" : "?0";

    private static IEnumerable<(string Name, string Value)> With((string Name, string Value)[] given, params (string Name, string Value)[] defaults) =>
        given.Concat(defaults.Where(field => !given.Any(other => other.Name.Equals(field.Name, StringComparison.OrdinalIgnoreCase))));
}
