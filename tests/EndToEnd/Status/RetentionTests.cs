namespace Ingestion.Tests.EndToEnd.Status;

/// <summary>How much of a journal is kept is a setting.</summary>
public sealed class RetentionTests
{
    [Fact]
    public async Task OnlyTheNewestSegmentsAreReplayed_WhenFewEventsAreKept()
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
    }

    [Fact]
    public async Task SiloDoesNotStart_WhenNothingIsToBeKept()
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => SiloProcess.StartAsync(null, ("Status__RetainedEvents", "0")));
        Assert.Contains("RetainedEvents", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> StartAsync(ApiClient api, string after) =>
        (await api.GetJsonAsync($"/api/events/poll?after={after}")).GetProperty("mode").GetString();

    private static async Task<int> CountAsync(ApiClient api, string after) =>
        (await api.GetJsonAsync($"/api/events/poll?after={after}")).GetProperty("events").GetArrayLength();
}
