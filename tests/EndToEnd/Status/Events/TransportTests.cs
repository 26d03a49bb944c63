using Ingestion.Tests.EndToEnd.Security;

namespace Ingestion.Tests.EndToEnd.Status.Events;

/// <summary>What a socket can, a stream and a poll can: filters, refusals, guests, ends that say why, and the same members in every list.</summary>
[Collection(DefaultSilo.Name)]
public sealed class TransportTests(DefaultSilo shared)
{
    [Fact]
    public async Task PollDeliversOneVideoOnly_AndItsCursorPassesTheOthers()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var (one, two) = (await api.UploadToReadyAsync(Samples.Mp4), await api.UploadToReadyAsync(Samples.Mp4));
        var start = await api.GetJsonAsync($"/api/events/poll?video={two}");
        Assert.Equal([two], SubjectsOf(start));
        var waiting = api.GetJsonAsync($"/api/events/poll?video={two}&after={CursorOf(start)}&wait=45");
        (await api.DeleteAsync($"/api/videos/{one}")).Is(204);
        (await api.DeleteAsync($"/api/videos/{two}")).Is(204);
        Assert.Equal([two], SubjectsOf(await waiting));

        var passed = await api.GetJsonAsync($"/api/events/poll?video={one}&after={CursorOf(await waiting)}&wait=0");
        Assert.Equal((0, CursorOf(await waiting)), (passed.GetProperty("events").GetArrayLength(), CursorOf(passed)));
    }

    [Theory]
    [InlineData("/api/events")]
    [InlineData("/api/events/poll")]
    [InlineData("/api/events/history")]
    public async Task VideosThatAreNotTheCallersAreRefused_NotSilent(string path)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var other = shared.Silo.As(SiloFixture.NewUser());
        var foreign = await other.UploadToReadyAsync(Samples.Mp4);
        (await api.GetAsync($"{path}?video={foreign}")).IsProblem(404, "not_found");
        (await api.GetAsync($"{path}?video={new string('0', 32)}")).IsProblem(404, "not_found");
        (await api.GetAsync($"{path}?video=nonsense")).IsProblem(404, "not_found");
        (await api.GetAsync($"{path}?ch=video:{foreign}")).IsProblem(404, "not_found");
        (await api.GetAsync($"{path}?ch=user,role:editor")).IsProblem(403, "forbidden");
        (await api.GetAsync($"{path}?ch=nonsense")).IsProblem(400, "channel_unknown");
        (await api.GetAsync($"{path}?ch=,")).IsProblem(400, "channels_invalid");
    }

    [Fact]
    public async Task GuestWatchesItsVideoAlone_ByEveryTransport()
    {
        using var owner = shared.Silo.As(SiloFixture.NewUser());
        var (video, other) = (await owner.UploadToReadyAsync(Samples.Mp4), await owner.UploadToReadyAsync(Samples.Mp4));
        using var guest = new ApiClient(shared.Silo.Address, (await ShareTests.ShareAsync(owner, video)).GetProperty("token").GetString());
        await using var stream = await EventReader.OpenAsync(guest, "/api/events");
        Assert.Equal(video, Assert.Single((await stream.NextAsync()).Json.EnumerateArray()).GetProperty("subject").GetString());
        var ticket = (await guest.SendAsync(HttpMethod.Post, "/api/events/tickets")).Is(201).Json.GetProperty("ticket").GetString();
        using var browser = new ApiClient(shared.Silo.Address, token: null);
        await using var page = await EventReader.OpenAsync(browser, $"/api/events?ticket={ticket}");
        Assert.Equal(video, Assert.Single((await page.NextAsync()).Json.EnumerateArray()).GetProperty("subject").GetString());
        var start = await guest.GetJsonAsync("/api/events/poll");
        Assert.Equal([video], SubjectsOf(start));
        Assert.Equal([video], SubjectsOf(await guest.GetJsonAsync("/api/events/history")).Distinct());
        foreach (var path in (string[])["/api/events", "/api/events/poll", "/api/events/history"])
        {
            (await guest.GetAsync($"{path}?video={other}")).IsProblem(404, "not_found");
            (await guest.GetAsync($"{path}?ch=user")).IsProblem(403, "forbidden");
            (await guest.GetAsync($"{path}?ch=system")).IsProblem(403, "forbidden");
        }

        (await owner.DeleteAsync($"/api/videos/{other}")).Is(204);
        (await owner.DeleteAsync($"/api/videos/{video}")).Is(204);

        Assert.Equal((video, "deleted"), await stream.UntilAsync("video.deleted") is var e ? (e.VideoId, e.State) : default);
        Assert.Equal((video, "deleted"), await page.UntilAsync("video.deleted") is var p ? (p.VideoId, p.State) : default);
        // The share went with the video.
        (await guest.GetAsync("/api/events/poll")).IsProblem(401, "token_revoked");
        (await guest.GetAsync("/api/events")).IsProblem(401, "token_revoked");
    }

    [Fact]
    public async Task StreamSaysBye_AndPollEnds_WhenTheirTokenExpires()
    {
        var expires = TimeProvider.System.GetUtcNow().AddSeconds(3);
        var token = HandMadeToken.Sign(shared.Silo.Data, new TokenClaims(SiloFixture.NewUser(), ["read"]) { Expires = expires });
        using var api = new ApiClient(shared.Silo.Address, token);
        await using var stream = await EventReader.OpenAsync(api, "/api/events");
        var start = (await stream.NextAsync()).Id;

        var poll = await api.GetJsonAsync($"/api/events/poll?after={start}&wait=45");

        Assert.Equal(4202, poll.GetProperty("bye").GetProperty("code").GetInt32());
        Assert.Equal((0, start), (poll.GetProperty("events").GetArrayLength(), CursorOf(poll)));
        Assert.Equal(4202, (await stream.UntilAsync("bye")).Json.GetProperty("code").GetInt32());
        Assert.True(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() >= expires.ToUnixTimeSeconds(), "not before it expires");
    }

    [Fact]
    public async Task StreamAndPollSayBye_EachWithATimeToComeBack_WhenTheSiloStops()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Sockets__DrainSpreadSeconds", "600"), ("RateLimits__HeldPollsPerUser", "3"));
        using var api = silo.As("ann");
        var streams = new List<EventReader>();
        for (var i = 0; i < 4; i++)
            streams.Add(await EventReader.OpenAsync(api, "/api/events"));
        foreach (var stream in streams)
            await stream.NextAsync();
        var first = streams.Select(stream => stream.Retry).ToArray();
        var polls = Enumerable.Range(0, 3).Select(_ => HoldAsync(api)).ToArray();
        // Each poll that waits is a listener without a place: a full limit of them is answered at once.
        await Eventually.TrueAsync(async () => (await api.GetAsync("/api/events/poll?after=0:0&wait=1")).Status == 429, "the polls wait");

        await silo.TerminateAsync();

        var retries = new List<int>();
        foreach (var stream in streams)
        {
            var bye = (await stream.UntilAsync("bye")).Json;
            Assert.Equal((4200, stream.Retry), (bye.GetProperty("code").GetInt32(), bye.GetProperty("retry_ms").GetInt32()));
            retries.Add(stream.Retry);
            await stream.DisposeAsync();
        }

        foreach (var poll in polls)
        {
            var answer = (await poll).Is(200);
            var bye = answer.Json.GetProperty("bye");
            retries.Add(bye.GetProperty("retry_ms").GetInt32());
            Assert.Equal(4200, bye.GetProperty("code").GetInt32());
            Assert.Equal($"{(retries[^1] + 999) / 1000}", answer.Header("Retry-After"));
        }

        // Seven of 600,000.
        Assert.Equal(retries.Count, retries.Distinct().Count());
        Assert.All(first, retry => Assert.InRange(retry, 2_000, 5_000));
        Assert.NotEqual(1, first.Distinct().Count());
    }

    [MediaFact]
    public async Task SnapshotHasTheSameMembersOnEveryTransport()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await api.UploadToReadyAsync(Samples.Mp4);
        await api.UntilAsync(await api.UploadAsync(Samples.Mp4[..200]), "failed");
        await using var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        await socket.SubscribeAsync(["user"]);
        var snapshot = (await socket.NextAsync("snap")).Json.GetProperty("data").EnumerateArray();
        string[] bySocket = [.. snapshot.Select(e => e.GetProperty("data").GetRawText().WithoutSigned())];
        await using var stream = await EventReader.OpenAsync(api, "/api/events");
        string[] byStream = [.. (await stream.NextAsync()).Json.EnumerateArray().Select(e => e.GetRawText().WithoutSigned())];
        string[] byPoll = [.. (await api.GetJsonAsync("/api/events/poll")).GetProperty("events").EnumerateArray().Select(e => e.GetRawText().WithoutSigned())];

        Assert.Equal(2, byStream.Length);
        Assert.Equal(byStream, byPoll);
        Assert.Equal(byStream, bySocket);
        Assert.Contains("\"error\"", bySocket[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryEventOfAPollHasItsCursor_WithWhichTheRestComesAgain()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await api.UploadToReadyAsync(Samples.Mp4);
        var whole = (await api.GetJsonAsync("/api/events/poll?after=0:0")).GetProperty("events").EnumerateArray().ToArray();
        var rest = (await api.GetJsonAsync($"/api/events/poll?after={whole[1].GetProperty("cursor").GetString()}")).GetProperty("events").EnumerateArray();
        Assert.Equal(whole[2..].Select(e => e.GetRawText().WithoutSigned()), rest.Select(e => e.GetRawText().WithoutSigned()));
    }

    [Fact]
    public async Task TicketStaysGood_WhenTheRequestIsRefusedForSomethingElse()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var ticket = (await api.SendAsync(HttpMethod.Post, "/api/events/tickets")).Is(201).Json.GetProperty("ticket").GetString();
        using var browser = new ApiClient(shared.Silo.Address, token: null);
        (await browser.GetAsync($"/api/events?ticket={ticket}&after=nonsense")).IsProblem(400, "cursor_invalid");
        (await browser.GetAsync($"/api/events?ticket={ticket}&heartbeat=4")).IsProblem(400, "heartbeat_invalid");
        (await browser.GetAsync($"/api/events?ticket={ticket}&video={new string('0', 32)}")).IsProblem(404, "not_found");
        await using (var stream = await EventReader.OpenAsync(browser, $"/api/events?ticket={ticket}"))
            Assert.Equal("snapshot", (await stream.NextAsync()).Type);
        (await browser.GetAsync($"/api/events?ticket={ticket}")).IsProblem(401, "token_missing");
    }

    [Fact]
    public async Task SocketPingsAsOftenAsTheClientAsksFor_WithinBounds()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        foreach (var heartbeat in (int[])[4, 61])
        {
            await socket.SendAsync(new { op = "sub", id = 1, ch = new[] { "user" }, heartbeat });
            Assert.Equal("heartbeat_invalid", (await socket.NextAsync("err")).Code);
        }

        await socket.SendAsync(new { op = "sub", id = 2, ch = new[] { "user" }, heartbeat = 5 });
        Assert.Equal(5_000, (await socket.NextAsync("subd")).Number("ping"));
        await socket.NextAsync("snap");
        await socket.SendAsync(new { op = "sub", id = 3, ch = new[] { "user" }, heartbeat = 60 });
        Assert.Equal(25_000, (await socket.NextAsync("subd")).Number("ping"));
    }

    /// <summary>A poll that waits; it comes again if the barrier has taken its place.</summary>
    private static async Task<Answer> HoldAsync(ApiClient api)
    {
        while (true)
        {
            if (await api.GetAsync("/api/events/poll?after=0:0&wait=45") is { Status: not 429 } answer)
                return answer;
        }
    }

    private static IEnumerable<string?> SubjectsOf(JsonElement answer) =>
        answer.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("subject").GetString());

    private static string? CursorOf(JsonElement answer) => answer.GetProperty("cursor").GetString();
}
