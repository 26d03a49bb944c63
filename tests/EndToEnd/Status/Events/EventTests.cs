namespace Ingestion.Tests.EndToEnd.Status.Events;

/// <summary>The journal by Server-Sent Events and by long poll: the same events, the same cursor.</summary>
[Collection(DefaultSilo.Name)]
public sealed class EventTests(DefaultSilo shared)
{
    [Fact]
    public async Task StreamDeliversEveryState_AndResumesFromItsPosition()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var first = await EventReader.OpenAsync(api, "/api/events");
        Assert.Equal("snapshot", (await first.NextAsync()).Type);
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        var delivered = new List<ServerEvent>();
        do
            delivered.Add(await first.NextAsync(journalled: true));
        while (delivered[^1].State != "ready");
        Assert.Equal(["upload.created", "upload.completed", "video.queued", "video.processing", "video.ready"], delivered.Select(e => e.Type));
        Assert.All(delivered, e => Assert.Equal(video, e.VideoId));

        await using var second = await EventReader.OpenAsync(api, "/api/events", ("Last-Event-ID", delivered[1].Id!));

        for (var i = 2; i < delivered.Count; i++)
            Assert.Equal(delivered[i], await second.NextAsync(journalled: true));
        await using var third = await EventReader.OpenAsync(api, $"/api/events?after={delivered[3].Id}");
        Assert.Equal(delivered[4], await third.NextAsync(journalled: true));
    }

    [Fact]
    public async Task StreamDeliversOneVideoOnly_WhenRequested()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var (one, two) = (await api.UploadToReadyAsync(Samples.Mp4), await api.UploadToReadyAsync(Samples.Mp4));
        await using var stream = await EventReader.OpenAsync(api, $"/api/events?video={two}");
        Assert.Equal(two, JsonSerializer.Deserialize<JsonElement>((await stream.NextAsync()).Data)[0].GetProperty("subject").GetString());
        (await api.DeleteAsync($"/api/videos/{one}")).Is(204);
        (await api.DeleteAsync($"/api/videos/{two}")).Is(204);
        Assert.Equal((two, "deleted"), ((await stream.NextAsync()) is var e ? (e.VideoId, e.State) : default));
    }

    [Fact]
    public async Task StreamSendsReset_WhenTheCursorIsOfAnotherJournal()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await api.UploadToReadyAsync(Samples.Mp4);
        await using var stream = await EventReader.OpenAsync(api, "/api/events", ("Last-Event-ID", "gone:7"));
        Assert.Equal("reset", (await stream.NextAsync()).Type);
    }

    [Fact]
    public async Task TicketLetsABrowserIn_Once()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var ticket = (await api.SendAsync(HttpMethod.Post, "/api/events/tickets")).Is(201).Json.GetProperty("ticket").GetString();
        using var browser = new ApiClient(shared.Silo.Address, token: null);
        await using (var stream = await EventReader.OpenAsync(browser, $"/api/events?ticket={ticket}"))
            Assert.Equal("snapshot", (await stream.NextAsync()).Type);
        (await browser.GetAsync($"/api/events?ticket={ticket}")).IsProblem(401, "token_missing");
    }

    [Theory]
    [InlineData("/api/events", null, 401, "token_missing")]
    [InlineData("/api/events?ticket=short", null, 401, "token_missing")]
    [InlineData("/api/events?ticket=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", null, 401, "token_missing")]
    [InlineData("/api/events", "upload", 403, "scope_missing")]
    [InlineData("/api/events?after=nonsense", "read", 400, "cursor_invalid")]
    [InlineData("/api/events?video=nonsense", "read", 404, "not_found")]
    [InlineData("/api/events/poll", null, 401, "token_missing")]
    [InlineData("/api/events/poll", "upload", 403, "scope_missing")]
    [InlineData("/api/events/poll?after=nonsense", "read", 400, "cursor_invalid")]
    [InlineData("/api/events/poll?wait=61", "read", 400, "wait_invalid")]
    [InlineData("/api/events/poll?wait=-1", "read", 400, "wait_invalid")]
    [InlineData("/api/events/poll?wait=soon", "read", 400, "wait_invalid")]
    public async Task IsRefused_WhenTheRequestIsInvalid(string path, string? scope, int status, string code)
    {
        using var api = scope is null ? new ApiClient(shared.Silo.Address, token: null) : shared.Silo.As(SiloFixture.NewUser(), scope);
        (await api.GetAsync(path)).IsProblem(status, code);
    }

    [Fact]
    public async Task PollAnswersAtOnceWithNews_WhenThereIs_AndWaitsForThem_WhenThereIsNot()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var start = await api.GetJsonAsync("/api/events/poll");
        Assert.Equal(("snapshot", 0), (start.GetProperty("mode").GetString(), start.GetProperty("events").GetArrayLength()));
        var cursor = start.GetProperty("cursor").GetString();
        var nothing = await api.GetJsonAsync($"/api/events/poll?after={cursor}&wait=0");
        Assert.Equal((cursor, 0), (nothing.GetProperty("cursor").GetString(), nothing.GetProperty("events").GetArrayLength()));

        var waiting = api.GetJsonAsync($"/api/events/poll?after={cursor}&wait=60");
        await api.UploadToReadyAsync(Samples.Mp4);
        var types = new List<string?>();
        for (var answer = await waiting; ; answer = await api.GetJsonAsync($"/api/events/poll?after={answer.GetProperty("cursor").GetString()}&wait=60"))
        {
            types.AddRange(answer.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("type").GetString()));
            if (types[^1] == "video.ready")
                break;
        }

        Assert.Equal(["upload.created", "upload.completed", "video.queued", "video.processing", "video.ready"], types);
        Assert.Equal("reset", (await api.GetJsonAsync("/api/events/poll?after=gone:7")).GetProperty("mode").GetString());
    }
}
