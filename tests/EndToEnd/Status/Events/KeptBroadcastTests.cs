using System.Net.Http.Json;

namespace Ingestion.Tests.EndToEnd.Status.Events;

/// <summary>Broadcasts reach every transport, and clients who come back within minutes; one that is sent twice with one id comes once.</summary>
[Collection(DefaultSilo.Name)]
public sealed class KeptBroadcastTests(DefaultSilo shared)
{
    // Of this test alone.
    private readonly string _role = $"r-{Guid.NewGuid():N}";

    private string Channel => $"role:{_role}";

    [Fact]
    public async Task EveryTransportBringsIt_Once()
    {
        using var api = Listener(shared.Silo);
        await using var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        var began = (await socket.SubscribeAsync(["user", Channel])).Number("bc");
        await socket.NextAsync("snap");
        await using var stream = await EventReader.OpenAsync(api, $"/api/events?ch=user,{Channel}");
        var start = (await stream.NextAsync()).Id;
        var waiting = api.GetJsonAsync($"/api/events/poll?ch={Channel}&after={start}&wait=45");

        var id = await SendAsync(shared.Silo, "news");

        var frame = await socket.NextAsync();
        Assert.Equal((id, Channel, true), (frame.EventId, frame.Channel, frame.Number("bc") > began));
        var e = await stream.NextAsync(journalled: true);
        Assert.Equal(("system.broadcast", id), (e.Type, e.Json.GetProperty("id").GetString()));
        Assert.Equal((Channel, "news"), (e.Json.GetProperty("channel").GetString(), e.Json.GetProperty("data").GetString()));
        var polled = Assert.Single((await waiting).GetProperty("events").EnumerateArray());
        Assert.Equal((id, e.Id), (polled.GetProperty("id").GetString(), polled.GetProperty("cursor").GetString()));
        var cursor = (await waiting).GetProperty("cursor").GetString();
        Assert.Empty((await api.GetJsonAsync($"/api/events/poll?ch={Channel}&after={cursor}&wait=0")).GetProperty("events").EnumerateArray());
        await using var fresh = await EventReader.OpenAsync(api, $"/api/events?ch={Channel}");
        Assert.Equal(e.Id, (await fresh.NextAsync()).Id);
    }

    [Fact]
    public async Task ClientsThatWereAwayGetIt_AlsoWhenTheSiloWasRestarted()
    {
        await using var silo = await SiloProcess.StartAsync();
        string place;
        long number;
        using (var api = Listener(silo))
        {
            place = (await api.GetJsonAsync($"/api/events/poll?ch={Channel}")).GetProperty("cursor").GetString()!;
            await using var socket = await StatusClient.ConnectAsync(api);
            await socket.NextAsync("hello");
            number = (await socket.SubscribeAsync([Channel])).Number("bc");
        }

        string[] sent = [await SendAsync(silo, "one"), await SendAsync(silo, "two")];
        await silo.KillAsync();
        await silo.StartAgainAsync();

        using var again = Listener(silo);
        var polled = (await again.GetJsonAsync($"/api/events/poll?ch={Channel}&after={place}")).GetProperty("events").EnumerateArray().ToArray();
        Assert.Equal(sent, polled.Select(e => e.GetProperty("id").GetString()));
        // From the middle of the answer only the rest.
        var rest = await again.GetJsonAsync($"/api/events/poll?ch={Channel}&after={polled[0].GetProperty("cursor").GetString()}");
        Assert.Equal(sent[1], Assert.Single(rest.GetProperty("events").EnumerateArray()).GetProperty("id").GetString());
        await using var stream = await EventReader.OpenAsync(again, $"/api/events?ch={Channel}", ("Last-Event-ID", place));
        foreach (var id in sent)
            Assert.Equal(id, (await stream.NextAsync()).Json.GetProperty("id").GetString());
        await using var back = await StatusClient.ConnectAsync(again);
        await back.NextAsync("hello");
        await back.SendAsync(new { op = "sub", id = 1, ch = new[] { Channel }, bc = number });
        foreach (var id in sent)
            Assert.Equal(id, (await back.NextAsync()).EventId);
        Assert.Equal(number + 2, (await back.NextAsync("subd")).Number("bc"));
    }

    [Fact]
    public async Task SameIdIsSentOnce_AndRefusedForAnotherMessage()
    {
        using var api = Listener(shared.Silo);
        await using var stream = await EventReader.OpenAsync(api, $"/api/events?ch={Channel}");
        await stream.NextAsync();
        var id = $"release-{Guid.NewGuid():N}";
        Assert.Equal(id, await SendAsync(shared.Silo, "news", id));
        Assert.Equal(id, await SendAsync(shared.Silo, "news", id));
        (await RequestAsync(shared.Silo, "other news", id)).IsProblem(409, "broadcast_repeated");
        (await RequestAsync(shared.Silo, "news", "no id")).IsProblem(400, "broadcast_invalid");
        var last = await SendAsync(shared.Silo, "the end");
        Assert.Equal(id, (await stream.NextAsync()).Json.GetProperty("id").GetString());
        Assert.Equal(last, (await stream.NextAsync()).Json.GetProperty("id").GetString());
    }

    [Fact]
    public async Task ManyAtOnce_ComeInTheOrderOfTheirNumbers_AndNoneIsMissing()
    {
        const int Senders = 8, Each = 25;
        using var api = Listener(shared.Silo);
        await using var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        var began = (await socket.SubscribeAsync([Channel])).Number("bc");
        await socket.NextAsync("snap");

        var sent = await Task.WhenAll(Enumerable.Range(0, Senders).Select(async sender =>
        {
            var ids = new List<string>();
            for (var i = 0; i < Each; i++)
                ids.Add((await RequestAsync(shared.Silo, $"{i}", id: null, $"operator-{sender}")).Is(202).Json.GetProperty("id").GetString()!);
            return ids;
        }));

        var received = new List<(string Id, long? Number)>();
        while (received.Count < Senders * Each)
        {
            if (await socket.NextAsync() is { Op: "evt" } frame)
                received.Add((frame.EventId!, frame.Number("bc")));
        }

        Assert.Equal(received.OrderBy(one => one.Number), received);
        Assert.True(received[0].Number > began);
        Assert.Equal(sent.SelectMany(ids => ids).Order(), received.Select(one => one.Id).Order());
    }

    private ApiClient Listener(SiloProcess silo) =>
        new(silo.Address, HandMadeToken.Sign(silo.Data, new TokenClaims(SiloFixture.NewUser(), ["read"]) { Roles = [_role] }));

    private async Task<string> SendAsync(SiloProcess silo, string text, string? id = null) =>
        (await RequestAsync(silo, text, id)).Is(202).Json.GetProperty("id").GetString()!;

    private async Task<Answer> RequestAsync(SiloProcess silo, string text, string? id, string by = "operator")
    {
        using var admin = silo.As(by, "admin");
        return await admin.SendAsync(HttpMethod.Post, "/api/admin/broadcast", JsonContent.Create(new { channel = Channel, message = text, id }));
    }
}
