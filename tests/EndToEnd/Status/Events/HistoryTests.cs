namespace Ingestion.Tests.EndToEnd.Status.Events;

/// <summary>All that the journal keeps can be read in pages.</summary>
[Collection(DefaultSilo.Name)]
public sealed class HistoryTests(DefaultSilo shared)
{
    [Fact]
    public async Task EveryEventIsInOnePage_AndTheLastPageLeadsToThePresent()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var (one, two) = (await api.UploadToReadyAsync(Samples.Mp4), await api.UploadToReadyAsync(Samples.Mp4));
        var published = (await socket.UntilAsync(two, "ready")).Select(e => (e.Cursor, e.EventId)).ToArray();
        var pages = new List<JsonElement>();
        do
            pages.Add(await PageAsync(api, $"limit=4{(pages.Count > 0 ? "&cursor=" + pages[^1].GetProperty("next_cursor").GetString() : "")}"));
        while (pages[^1].GetProperty("next_cursor").ValueKind is JsonValueKind.String);

        Assert.Equal([4, 4, 2], pages.Select(page => page.GetProperty("events").GetArrayLength()));
        Assert.Equal(published, pages.SelectMany(EventsOf).Select(e => (e.GetProperty("cursor").GetString(), e.GetProperty("id").GetString())));
        Assert.All(pages, page => Assert.False(page.GetProperty("trimmed").GetBoolean()));
        var nothing = await api.GetJsonAsync($"/api/events/poll?after={pages[^1].GetProperty("cursor").GetString()}&wait=0");
        Assert.Equal(("replay", 0), (nothing.GetProperty("mode").GetString(), nothing.GetProperty("events").GetArrayLength()));

        Assert.Equal(5, EventsOf(await PageAsync(api, $"video={one}")).Count());
        Assert.Equal([one, two], EventsOf(await PageAsync(api, "type=video.ready")).Select(e => e.GetProperty("subject").GetString()));
        Assert.Equal(4, EventsOf(await PageAsync(api, "type=video.ready,video.queued")).Count());
        var middle = EventsOf(pages[0]).ElementAt(3).GetProperty("time").GetDateTimeOffset().UtcDateTime.ToString("O");
        var (before, after) = (await PageAsync(api, $"to={middle}"), await PageAsync(api, $"from={middle}"));
        Assert.Equal(10, EventsOf(before).Count() + EventsOf(after).Count());
        Assert.NotEmpty(EventsOf(before));
    }

    [Theory]
    [InlineData("from=yesterday", 400, "period_invalid")]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 400, "period_invalid")]
    [InlineData("type=video.exploded", 400, "event_type_invalid")]
    [InlineData("limit=0", 400, "limit_invalid")]
    [InlineData("limit=101", 400, "limit_invalid")]
    [InlineData("cursor=nonsense", 400, "cursor_invalid")]
    public async Task IsRefused_WhenTheRequestIsInvalid(string query, int status, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        (await api.GetAsync($"/api/events/history?{query}")).IsProblem(status, code);
    }

    [Fact]
    public async Task UploadAloneIsNoRightToReadIt()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser(), "upload");
        (await api.GetAsync("/api/events/history")).IsProblem(403, "scope_missing");
    }

    private static Task<JsonElement> PageAsync(ApiClient api, string query) => api.GetJsonAsync($"/api/events/history?{query}");

    private static IEnumerable<JsonElement> EventsOf(JsonElement page) => page.GetProperty("events").EnumerateArray();
}
