namespace Ingestion.Tests.EndToEnd.Webhooks;

/// <summary>The addresses of webhooks whose events are read.</summary>
internal static class PullClient
{
    public const string OfAll = "/api/admin/webhooks";
    public const string OfTenant = "/api/tenant/webhooks";

    /// <summary>A webhook with pull; its id.</summary>
    public static async Task<string> AddPulledAsync(this ApiClient api, string path, params string[] events)
    {
        var wish = JsonSerializer.Serialize(events is [] ? new { pull = true } : (object)new { pull = true, events });
        return (await api.PostJsonAsync(path, wish)).Is(201).Json.GetProperty("id").GetString()!;
    }

    public static async Task<Pulled> PullAsync(this ApiClient api, string path, string id, string? after = null, int limit = 1_000, int wait = 0)
    {
        var query = $"?limit={limit}&wait={wait}" + (after is null ? "" : $"&after={after}");
        return new Pulled((await api.GetAsync($"{path}/{id}/events{query}")).Is(200).Json);
    }

    /// <summary>Reads and acknowledges until so many different ones have come, and no more wait; all that came.</summary>
    public static async Task<List<JsonElement>> PullAllAsync(this ApiClient api, string path, string id, int count)
    {
        var (events, cursor) = (new List<JsonElement>(), (string?)null);
        await Eventually.TrueAsync(
            async () =>
            {
                var page = await api.PullAsync(path, id, cursor, wait: 1);
                events.AddRange(page.Events);
                cursor = page.Cursor;
                return events.Select(e => e.Text("id")).Distinct().Count() >= count && !page.HasMore;
            },
            () => $"{count} events come, not {events.Count}");
        await api.PullAsync(path, id, cursor);
        return events;
    }

    public static Task PendingAsync(this ApiClient api, string path, string id, int count)
    {
        var info = default(JsonElement);
        return Eventually.TrueAsync(
            async () => (info = await api.InfoOfAsync(path, id)).GetProperty("pending").GetInt32() == count, () => $"{count} events wait: {info}");
    }

    public static Task<JsonElement> InfoOfAsync(this ApiClient api, string path, string id) => api.GetJsonAsync($"{path}/{id}");
}

/// <summary>An answer with events.</summary>
internal sealed record Pulled(JsonElement Json)
{
    public JsonElement[] Events => [.. Json.GetProperty("events").EnumerateArray()];

    public string[] Ids => [.. Events.Select(e => e.Text("id"))];

    public string Cursor => Json.Text("cursor");

    public bool HasMore => Json.GetProperty("more").GetBoolean();
}

/// <summary>What tests look at in an event.</summary>
internal static class PulledEvent
{
    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static long Sequence(this JsonElement e) => long.Parse(e.Text("sequence"), System.Globalization.CultureInfo.InvariantCulture);

    public static string Video(this JsonElement e) => e.GetProperty("data").Text("video_id");

    public static string State(this JsonElement e) => e.GetProperty("data").Text("state");
}
