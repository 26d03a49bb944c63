namespace Ingestion.Tests.EndToEnd.Status.Sockets;

/// <summary>How many sockets one user may have, how fast they may come, and how they are seen.</summary>
public sealed class SocketLimitTests(DefaultSilo shared) : IClassFixture<DefaultSilo>
{
    [Fact]
    public async Task OneTooManyIsClosedWith4005_AndAPlaceIsFreeWhenOneLeaves()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Sockets__MaxSocketsPerUser", "3"));
        using var api = silo.As("ann");
        using var other = silo.As("bob");
        var sockets = new List<StatusClient>();
        for (var i = 0; i < 3; i++)
            sockets.Add(await HelloAsync(api));
        await using (var fourth = await StatusClient.ConnectAsync(api))
            await fourth.IsClosedAsync(4005);
        await using var bobs = await HelloAsync(other);
        Assert.Equal(3, await CountAsync(silo, "ann"));

        await sockets[0].CloseAsync();

        await Eventually.TrueAsync(async () => await CountAsync(silo, "ann") == 2, "its place is free");
        await using var again = await HelloAsync(api);
        foreach (var socket in sockets)
            await socket.DisposeAsync();
    }

    [Fact]
    public async Task GuestsOfAShareTakeNoPlaceOfItsOwner_AndAreLimitedThemselves()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Sockets__MaxSocketsPerUser", "2"), ("Sockets__MaxGuestsPerShare", "3"));
        using var owner = silo.As("ann");
        using var guest = new ApiClient(silo.Address, await ShareAsync(owner));
        await using var one = await HelloAsync(guest);
        await using var two = await HelloAsync(guest);
        await using var three = await HelloAsync(guest);
        // It may retry, as a place may be free then.
        await using (var fourth = await StatusClient.ConnectAsync(guest))
            await fourth.IsClosedAsync(4105);
        await using var first = await HelloAsync(owner);
        await using var second = await HelloAsync(owner);
        (await owner.GetAsync("/api/events")).IsProblem(429, "too_many_sockets");

        using var admin = silo.As("operator", "admin");
        var items = (await admin.GetJsonAsync("/api/admin/users/ann/sockets")).GetProperty("items").EnumerateArray();
        // Another link of the same owner has places of its own.
        using var other = new ApiClient(silo.Address, await ShareAsync(owner));
        await using var others = await HelloAsync(other);
        await two.CloseAsync();
        await Eventually.TrueAsync(async () => await CountAsync(silo, "ann") == 5, "its place is free");
        await using var again = await HelloAsync(guest);
        Assert.Equal([true, true, true, false, false], items.Select(item => item.GetProperty("guest").GetBoolean()));
    }

    [Fact]
    public async Task GuestThatBringsATokenOfTheOwnerTakesAPlaceOfTheOwners()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Sockets__MaxSocketsPerUser", "1"), ("Sockets__MaxGuestsPerUser", "2"));
        using var owner = silo.As("ann");
        using var guest = new ApiClient(silo.Address, await ShareAsync(owner));
        await using var one = await HelloAsync(guest);
        await using var two = await HelloAsync(guest);

        await one.SendAsync(new { op = "auth", token = owner.Token });
        await one.NextAsync("authd");
        await two.SendAsync(new { op = "auth", token = owner.Token });
        await two.IsClosedAsync(4005);

        await using (var none = await StatusClient.ConnectAsync(owner))
            await none.IsClosedAsync(4005);
        await one.SendAsync(new { op = "auth", token = guest.Token });
        await one.NextAsync("authd");
        await using var owners = await HelloAsync(owner);
    }

    [Fact]
    public async Task OperatorSeesTheSocketsOfAUser()
    {
        var user = SiloFixture.NewUser();
        using var api = shared.Silo.As(user);
        await using var socket = await StatusClient.ConnectAsync(api);
        var id = (await socket.NextAsync("hello")).Text("sid");
        using var admin = shared.Silo.As("operator", "admin");

        var item = (await admin.GetJsonAsync($"/api/admin/users/{user}/sockets")).GetProperty("items").EnumerateArray().Single();

        Assert.Equal(id, item.GetProperty("id").GetString());
        Assert.Equal((await admin.GetJsonAsync("/api/admin/silos")).GetProperty("items")[0].GetProperty("address").GetString(), item.GetProperty("silo")
            .GetString());
        Assert.Equal(0, item.GetProperty("waiting").GetProperty("p0").GetInt32());
        (await api.GetAsync($"/api/admin/users/{user}/sockets")).IsProblem(403, "scope_missing");
        Assert.Empty((await admin.GetJsonAsync("/api/admin/users/nobody/sockets")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task SocketsAreSentAway_WhenTooManyComeAtOnce()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Sockets__AcceptsPerSecond", "1"));
        using var api = silo.As("ann");
        await using var first = await HelloAsync(api);
        string[] upgrade =
        [
            "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: ingestion.v1", $"Authorization: Bearer {api.Token}",
        ];
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RawHttp.RequestAsync(silo.Address, "GET", "/ws", upgrade)));
        var refused = answers.First(answer => answer.Status == 503);
        refused.IsProblem(503, "too_many_connections");
        Assert.InRange(int.Parse(refused.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 1, 7);
        // Event streams are taken at the same rate.
        using var http = new HttpClient { BaseAddress = silo.Address };
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {api.Token}");
        var streams = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ =>
            http.GetAsync(new Uri("/api/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead)));
        Assert.Contains(streams, stream => stream is { StatusCode: System.Net.HttpStatusCode.ServiceUnavailable, Headers.RetryAfter: not null });
        foreach (var stream in streams)
            stream.Dispose();
    }

    [Fact]
    public async Task HealthOfTheSocketsIsAnEventThatComesBack()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        for (var i = 0; i < 3; i++)
            Assert.True((await api.GetJsonAsync("/health/sockets")).GetProperty("round_trip_ms").GetDouble() > 0);
    }

    /// <summary>A token for a video of one's own.</summary>
    private static async Task<string> ShareAsync(ApiClient owner)
    {
        var video = await owner.UploadToReadyAsync(Samples.Mp4);
        return (await owner.SendAsync(HttpMethod.Post, $"/api/videos/{video}/share")).Is(201).Json.GetProperty("token").GetString()!;
    }

    private static async Task<int> CountAsync(SiloProcess silo, string user)
    {
        using var admin = silo.As("operator", "admin");
        return (await admin.GetJsonAsync($"/api/admin/users/{user}/sockets")).GetProperty("items").GetArrayLength();
    }

    private static async Task<StatusClient> HelloAsync(ApiClient api)
    {
        var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        return socket;
    }
}
