using System.Net.Http.Headers;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>An HTTP answer, read to its end.</summary>
internal sealed record Answer(int Status, ILookup<string, string> Headers, byte[] Body)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    public string Text => Encoding.UTF8.GetString(Body);

    public static async Task<Answer> OfAsync(HttpResponseMessage response)
    {
        var all = response.Headers.Concat(response.Content.Headers).SelectMany(header => header.Value, (header, value) => (header.Key, value));
        return new Answer((int)response.StatusCode, ToLookup(all), await response.Content.ReadAsByteArrayAsync());
    }

    public static ILookup<string, string> ToLookup(IEnumerable<(string Name, string Value)> headers) =>
        headers.ToLookup(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase);

    public string? Header(string name) => Headers[name].FirstOrDefault();

    /// <summary>It has this status; otherwise the body has the reason.</summary>
    public Answer Is(int status)
    {
        // The text is made only where it is shown: a body may be a video of 135 MB.
        if (Status != status)
            Assert.Fail($"Expected {status}, got {Status}: {Text}");
        return this;
    }

    /// <summary>It is problem+json with this status and stable code, and a registered type where there is one.</summary>
    public Answer IsProblem(int status, string code, string? type = null)
    {
        Is(status);
        Assert.Equal("application/problem+json", MediaTypeHeaderValue.Parse(Header("Content-Type") ?? "none/none").MediaType);
        Assert.Equal(code, Json.GetProperty("code").GetString());
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.EndsWith(type ?? $"/problems/{code}", Json.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.Equal(Header("X-Request-Id"), Json.TryGetProperty("request_id", out var id) ? id.GetString() : null);
        Assert.NotEmpty(Json.GetProperty("title").GetString()!);
        return this;
    }
}
