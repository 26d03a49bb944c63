using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Status.Browsers;

/// <summary>Event streams in Chromium: its own EventSource, and the code that the document has for pages, on a page of another origin.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm, BrowserProcess.Chromium)]
[Collection(BrowserSilo.Name)]
public sealed class StreamTests(BrowserSilo shared)
{
    private static readonly string[] _types = ["snapshot", "reset", "upload.created", "upload.completed", "video.queued", "video.deleted", "cursor", "bye"];

    private NodeScript Page => shared.Page;

    /// <summary>The place of a heartbeat is no event: no page sees it, and the browser comes back with it.</summary>
    [ContractFact]
    public async Task BrowserComesBackWithThePlaceOfAHeartbeat_WhenTheSiloIsKilled()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var video = await QueuedAsync(api);
        await Page.CallAsync("follow", new { url = $"/as/{api.Token}/api/events?video={video}&heartbeat=5", types = _types });
        await UntilAsync(seen => TypesOf(seen) is ["snapshot"], "it has begun");
        await QueuedAsync(api);
        var end = await EndAsync(api);
        await Eventually.TrueAsync(async () => (await LastStreamAsync()).GetProperty("id").GetString() == end, "a heartbeat has passed what others sent");
        await Page.CallAsync("leave", true);
        await shared.Silo.KillAsync();
        await shared.Silo.StartAgainAsync();
        (await api.DeleteAsync($"/api/videos/{video}")).Is(204);

        await Page.CallAsync("leave", false);

        var seen = await UntilAsync(seen => TypesOf(seen) is [.., "video.deleted"], "what it missed comes");
        Assert.Equal(["snapshot", "video.deleted"], TypesOf(seen));
        Assert.Equal(end, (await LastStreamAsync()).GetProperty("since").GetString());
    }

    [ContractFact]
    public async Task PageGetsEveryEventOnce_WithTheCodeOfTheDocument_WhenTheSiloIsKilled()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await RunAsync([api.Token!], "");
        await UntilAsync(seen => TypesOf(seen) is ["snapshot"], "it has begun");
        await QueuedAsync(api);
        await UntilAsync(seen => TypesOf(seen) is [.., "video.queued"], "the first events come");
        await shared.Silo.KillAsync();
        await shared.Silo.StartAgainAsync();
        var last = await QueuedAsync(api);

        var seen = await UntilAsync(
            seen => EventsOf(seen)[^1] is var e && e.GetProperty("type").GetString() == "video.queued" && e.GetProperty("data").GetProperty("subject").GetString() == last,
            "what it missed comes");

        var history = (await api.GetJsonAsync("/api/events/history")).GetProperty("events").EnumerateArray().Select(IdOf);
        Assert.Equal(history, EventsOf(seen).Skip(1).Select(e => IdOf(e.GetProperty("data"))));
        Assert.Equal("snapshot", TypesOf(seen)[0]);
    }

    /// <summary>A page opens its streams itself, as its tickets are good for one each: it gets its place as an event.</summary>
    [ContractFact]
    public async Task PageComesBackWithThePlaceOfACursorEvent_WithTheCodeOfTheDocument_WhenTheSiloIsKilled()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var video = await QueuedAsync(api);
        await RunAsync([api.Token!], $"&video={video}&heartbeat=5");
        await UntilAsync(seen => TypesOf(seen) is ["snapshot"], "it has begun");
        await QueuedAsync(api);
        var end = await EndAsync(api);
        await UntilAsync(seen => seen.GetProperty("cursors").EnumerateArray().Any(cursor => cursor.GetString() == end), "its place has passed what others sent");
        await shared.Silo.KillAsync();
        await shared.Silo.StartAgainAsync();

        var back = await UntilAsync(seen => AfterOf(seen) == end, "it comes back with that place");
        (await api.DeleteAsync($"/api/videos/{video}")).Is(204);
        var seen = await UntilAsync(seen => TypesOf(seen) is [.., "video.deleted"], "it hears of the deletion");

        Assert.Equal(["snapshot", "video.deleted"], TypesOf(seen));
        Assert.Equal("snapshot", Assert.Single(TypesOf(back)));
    }

    [ContractFact]
    public async Task PageGetsABye_WithTheCodeOfTheDocument_WhenItsTokenExpiresAndWhenTheSiloStops()
    {
        var user = SiloFixture.NewUser();
        using var api = shared.Silo.As(user);
        var first = await QueuedAsync(api);
        var expiring = new TokenClaims(user, ["read"]) { Expires = TimeProvider.System.GetUtcNow().AddSeconds(3) };
        await RunAsync([HandMadeToken.Sign(shared.Silo.Data, expiring), api.Token!], "");
        var seen = await UntilAsync(seen => ByesOf(seen).Length == 1 && AddressesOf(seen).Length >= 2, "the token has expired, and it comes back");
        Assert.Equal((4202, false), (ByesOf(seen)[0].GetProperty("code").GetInt32(), ByesOf(seen)[0].TryGetProperty("retry_ms", out _)));
        Assert.Equal(await EndAsync(api), AfterOf(seen));
        await Eventually.TrueAsync(async () => (await StreamsAsync()) == 1, "the new stream is open");

        await shared.Silo.TerminateAsync();
        await shared.Silo.ExitAsync();
        await shared.Silo.StartAgainAsync();

        seen = await UntilAsync(seen => ByesOf(seen).Length == 2, "it sees that the silo stops");
        Assert.Equal(4200, ByesOf(seen)[1].GetProperty("code").GetInt32());
        Assert.InRange(ByesOf(seen)[1].GetProperty("retry_ms").GetInt32(), 0, 5_000);
        (await api.DeleteAsync($"/api/videos/{first}")).Is(204);
        seen = await UntilAsync(seen => TypesOf(seen) is [.., "video.deleted"], "it is back");
        Assert.Equal(["snapshot", "video.deleted"], TypesOf(seen));

        async Task<int> StreamsAsync()
        {
            using var admin = shared.Silo.As("operator", "admin");
            return (await admin.GetJsonAsync($"/api/admin/users/{user}/sockets")).GetProperty("items").GetArrayLength();
        }
    }

    private async Task RunAsync(string[] tokens, string parameters) => await Page.CallAsync(
        "run", new { code = CodeOfTheDocument(), api = shared.Silo.Address.GetLeftPart(UriPartial.Authority), tokens, parameters });

    private static string CodeOfTheDocument()
    {
        const string Fence = "```";
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Status", "Browsers", "status.md"));
        return Assert.Single(text.Split(Fence), block => block.StartsWith("js\n", StringComparison.Ordinal))["js\n".Length..];
    }

    /// <summary>A video whose last event for now has come.</summary>
    private static async Task<string> QueuedAsync(ApiClient api)
    {
        var video = await api.UploadAsync(Samples.Mp4);
        await api.UntilAsync(video, "queued");
        return video;
    }

    private static async Task<string?> EndAsync(ApiClient api) => (await api.GetJsonAsync("/api/events/poll?wait=0")).GetProperty("cursor").GetString();

    private async Task<JsonElement> UntilAsync(Func<JsonElement, bool> condition, string what)
    {
        var seen = default(JsonElement);
        await Eventually.TrueAsync(async () => condition(seen = await Page.CallAsync("stream")), () => $"{what}: {seen}");
        return seen;
    }

    private async Task<JsonElement> LastStreamAsync() => (await Page.CallAsync("streams")).EnumerateArray().Last();

    private static JsonElement[] EventsOf(JsonElement seen) => [.. seen.GetProperty("events").EnumerateArray()];

    private static string[] TypesOf(JsonElement seen) => [.. EventsOf(seen).Select(e => e.GetProperty("type").GetString()!)];

    private static JsonElement[] ByesOf(JsonElement seen) => [.. seen.GetProperty("byes").EnumerateArray()];

    private static string?[] AddressesOf(JsonElement seen) => [.. seen.GetProperty("addresses").EnumerateArray().Select(address => address.GetString())];

    /// <summary>The place with which the newest stream was opened.</summary>
    private static string AfterOf(JsonElement seen) => Uri.UnescapeDataString(AddressesOf(seen)[^1]!.Split("after=")[1]);

    private static string? IdOf(JsonElement e) => e.GetProperty("id").GetString();
}
