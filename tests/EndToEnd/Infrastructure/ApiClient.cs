using System.Net.Http.Headers;
using System.Net.Sockets;
using Ingestion.Tests.EndToEnd.Infrastructure.OpenApi;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>
/// A client of the HTTP API with one user's token, or none. An answer that the document of the API does not know fails unless it is of another release,
/// and so does one that is not there after <paramref name="patience"/>, by default the deadline of all tests.
/// </summary>
internal sealed class ApiClient(Uri address, string? token, TimeSpan? patience = null, bool isJudged = true) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address, Timeout = patience ?? Eventually.Deadline };

    public Uri Address => address;

    public string? Token => token;

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        try
        {
            using var response = await _http.SendAsync(request);
            var answer = await Answer.OfAsync(response);
            if (isJudged)
                ApiContract.Golden.Judge(method.Method, path, headers, answer);
            return answer;
        }
        catch (SocketException e)
        {
            // HttpClient throws it as it is when the silo is killed between accepting a connection and the first look at it.
            throw new HttpRequestException(e.Message, e);
        }
    }

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, content: null, headers);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public async Task<JsonElement> GetJsonAsync(string path) => (await GetAsync(path)).Is(200).Json;

    /// <summary>Posts a form as it is. With <paramref name="chunked"/> without a length.</summary>
    public Task<Answer> PostAsync(FormBody form, bool chunked = false)
    {
        HttpContent content = chunked ? new StreamContent(new UnknownLengthStream(form.Bytes)) : new ByteArrayContent(form.Bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", form.ContentType);
        return SendAsync(HttpMethod.Post, "/api/videos/upload", content);
    }

    /// <summary>Uploads a video and expects it to be taken; its id.</summary>
    public async Task<string> UploadAsync(byte[] content, string fileName = "clip.mp4") =>
        (await PostAsync(FormBody.Of(content, fileName))).Is(201).Json.GetProperty("video_id").GetString()!;

    /// <summary>Uploads a video and waits until it is ready; its id.</summary>
    public async Task<string> UploadToReadyAsync(byte[] content, string fileName = "clip.mp4")
    {
        var id = await UploadAsync(content, fileName);
        await UntilAsync(id, "ready");
        return id;
    }

    /// <summary>Waits until the record has this status; the record.</summary>
    public async Task<JsonElement> UntilAsync(string id, string status)
    {
        var record = default(JsonElement);
        await Eventually.TrueAsync(
            async () => (record = await GetJsonAsync($"/api/videos/{id}")).GetProperty("status").GetString() == status,
            () => $"{status}: {record}");
        return record;
    }

    /// <summary>Ids of the first page of the list.</summary>
    public async Task<string[]> ListAsync() =>
        [.. (await GetJsonAsync("/api/videos?limit=100")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("video_id").GetString()!)];

    public void Dispose() => _http.Dispose();
}
