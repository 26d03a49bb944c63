namespace Ingestion.Tests.EndToEnd.Status;

/// <summary>How much of a journal is kept is a setting.</summary>
public sealed class RetentionTests
{
    [Fact]
    public async Task OnlyTheNewestSegmentsAreReplayedAndTheHistorySaysSo_WhenFewEventsAreKept()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Status__RetainedEvents", "1"));
        using var api = silo.As("ann");
        // Five events each: two segments of 32 are kept, and the third one begins.
        for (var i = 0; i < 13; i++)
            await api.UploadToReadyAsync(Samples.Mp4);

        var whole = await api.GetJsonAsync("/api/events/poll?after=0:0");
        Assert.Equal("reset", whole.GetProperty("mode").GetString());
        var cursor = whole.GetProperty("cursor").GetString()!;
        Assert.EndsWith(":65", cursor, StringComparison.Ordinal);
        var epoch = cursor.Split(':')[0];
        Assert.Equal(("reset", 33), (await StartAsync(api, $"{epoch}:31"), await CountAsync(api, $"{epoch}:32")));
        Assert.Equal("replay", await StartAsync(api, $"{epoch}:32"));

        // Some events behind the beginning, or behind the given cursor, are not kept any more, or the cursor is of another journal.
        Assert.Equal((true, 33, $"{epoch}:33"), await HistoryAsync(api, ""));
        Assert.Equal((true, 33, $"{epoch}:33"), await HistoryAsync(api, $"?cursor={epoch}:31"));
        Assert.Equal((true, 33, $"{epoch}:33"), await HistoryAsync(api, "?cursor=elsewhere:40"));
        Assert.Equal((false, 33, $"{epoch}:33"), await HistoryAsync(api, $"?cursor={epoch}:32"));
        Assert.Equal((false, 1, $"{epoch}:65"), await HistoryAsync(api, $"?cursor={epoch}:64"));
        Assert.Equal((false, 0, null), await HistoryAsync(api, $"?cursor={epoch}:65"));
        // Of the pages the first one, whatever its filter finds.
        Assert.Equal((true, 2, $"{epoch}:33"), await HistoryAsync(api, "?limit=2"));
        Assert.Equal((false, 2, $"{epoch}:35"), await HistoryAsync(api, $"?limit=2&cursor={epoch}:34"));
        Assert.Equal((true, 0, null), await HistoryAsync(api, "?type=video.deleted"));
    }

    [Fact]
    public async Task SiloDoesNotStart_WhenNothingIsToBeKept()
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => SiloProcess.StartAsync(null, ("Status__RetainedEvents", "0")));
        Assert.Contains("RetainedEvents", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> StartAsync(ApiClient api, string after) =>
        (await api.GetJsonAsync($"/api/events/poll?after={after}")).GetProperty("mode").GetString();

    private static async Task<(bool IsTrimmed, int Events, string? First)> HistoryAsync(ApiClient api, string query)
    {
        var page = await api.GetJsonAsync($"/api/events/history{query}");
        var events = page.GetProperty("events").EnumerateArray().ToArray();
        return (page.GetProperty("trimmed").GetBoolean(), events.Length, events.FirstOrDefault() is { ValueKind: JsonValueKind.Object } first
            ? first.GetProperty("cursor").GetString() : null);
    }

    private static async Task<int> CountAsync(ApiClient api, string after) =>
        (await api.GetJsonAsync($"/api/events/poll?after={after}")).GetProperty("events").GetArrayLength();
}
