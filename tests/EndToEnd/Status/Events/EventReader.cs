using System.Net.Http.Headers;

namespace Ingestion.Tests.EndToEnd.Status.Events;

/// <summary>One block of an event stream.</summary>
internal sealed record ServerEvent(string Type, string? Id, string Data)
{
    private JsonElement Event => Json.GetProperty("data");

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Data);

    public string? VideoId => Event.GetProperty("video_id").GetString();

    public string? State => Event.GetProperty("state").GetString();
}

/// <summary>Reads an event stream as an EventSource does.</summary>
internal sealed class EventReader(HttpClient http, StreamReader lines) : IAsyncDisposable
{
    /// <summary>Where an EventSource would come back from.</summary>
    public string? LastEventId { get; private set; }

    /// <summary>The newest <c>retry</c>, in milliseconds.</summary>
    public int Retry { get; private set; }

    public static async Task<EventReader> OpenAsync(ApiClient api, string path, params (string Name, string Value)[] headers)
    {
        var http = new HttpClient { BaseAddress = api.Address };
        if (api.Token is { } token)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
            http.DefaultRequestHeaders.Add(name, value);
        var response = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new EventReader(http, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    /// <summary>The next event; with <paramref name="journalled"/> the next that has a cursor.</summary>
    public async Task<ServerEvent> NextAsync(bool journalled = false)
    {
        while (true)
        {
            if (await NextBlockAsync() is { } e && (!journalled || e.Id is not null))
                return e;
        }
    }

    /// <summary>Up to the event of this type; those before it are dropped.</summary>
    public async Task<ServerEvent> UntilAsync(string type)
    {
        while (true)
        {
            if (await NextAsync() is var e && e.Type == type)
                return e;
        }
    }

    /// <summary>Reads on until the place to come back from is at this offset.</summary>
    public async Task<string> UntilAtAsync(long offset)
    {
        while (LastEventId?.Split(':')[1] != $"{offset}")
            await NextBlockAsync();
        return LastEventId;
    }

    /// <summary>Reads so many blocks, heartbeats among them.</summary>
    public async Task UntilBlocksAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await NextBlockAsync();
    }

    public ValueTask DisposeAsync()
    {
        lines.Dispose();
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Null when the block dispatches no event.</summary>
    private async Task<ServerEvent?> NextBlockAsync()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var fields = new Dictionary<string, string>();
        string? line;
        while ((line = await lines.ReadLineAsync(deadline.Token)) is { Length: > 0 })
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            fields[line[..colon]] = line[(colon + 1)..].Trim();
        }

        if (line is null)
            throw new InvalidOperationException("The stream has ended.");
        LastEventId = fields.GetValueOrDefault("id", LastEventId!);
        if (fields.TryGetValue("retry", out var retry))
            Retry = int.Parse(retry, System.Globalization.CultureInfo.InvariantCulture);
        return fields.TryGetValue("data", out var data) ? new ServerEvent(fields["event"], fields.GetValueOrDefault("id"), data) : null;
    }
}
