using System.Text;

namespace Ingestion.Tests.EndToEnd.Status.Sockets;

/// <summary>Sockets that the server closes, by the code of the reason.</summary>
public sealed class CloseCodeTests(CloseCodeTests.NarrowSilo shared) : IClassFixture<CloseCodeTests.NarrowSilo>
{
    [Fact]
    public async Task ClientThatSendsTooFastIsClosedWith4102_AndOneThatAcknowledgesIsNot()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var last = "";
        for (var i = 0; i < 8; i++)
            last = await api.UploadToReadyAsync(Samples.Mp4);
        await using var socket = await StatusClient.SubscribedAsync(api, "0:0");
        var delivered = await socket.UntilAsync(last, "ready");
        // More than the window, but each acknowledges a delivered event.
        foreach (var frame in delivered)
            await socket.SendAsync(new { op = "ack", cur = frame.Cursor });
        await socket.SendAsync(new { op = "ping", ts = 1 });
        await socket.NextAsync("pong");
        Assert.True(delivered.Count > 25, $"{delivered.Count} events");
        await socket.FloodAsync(new { op = "ack", cur = delivered[^1].Cursor }, 100);
        await socket.IsClosedAsync(4102);
    }

    /// <summary>Places that were never sent to it, of journals that do not exist.</summary>
    [Fact]
    public async Task ClientThatSendsTooFastIsClosedWith4102_WhateverItAcknowledges()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        await socket.FloodAsync(new { op = "ack", cur = "k1:1" }, 50);
        await socket.FloodAsync(new { op = "ack", cur = "k0:2" }, 50);
        await socket.IsClosedAsync(4102);
    }

    [Fact]
    public async Task AcknowledgementIsAnError_WhenItsEventsWereNeverSent()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        await using var socket = await StatusClient.SubscribedAsync(api, "0:0");
        var end = (await socket.UntilAsync(video, "ready"))[^1].Cursor!;
        await socket.SendAsync(new { op = "ack", cur = end.Split(':')[0] + ":99999" });
        Assert.Equal("cursor_invalid", (await socket.NextAsync("err")).Text("code"));
        await socket.SendAsync(new { op = "ack", cur = end });
        await socket.SendAsync(new { op = "ping", ts = 1 });
        await socket.NextAsync("pong");
    }

    [Fact]
    public async Task OperatorMovesSockets_WithoutALossForTheirClients()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As("ann");
        using var admin = silo.As("operator", "admin");
        await using var first = await StatusClient.SubscribedAsync(api);
        await using var second = await StatusClient.SubscribedAsync(api);
        JsonElement item = default;
        // The governor counts them four times a second.
        await Eventually.TrueAsync(
            async () => (item = (await admin.GetJsonAsync("/api/admin/silos")).GetProperty("items")[0]).GetProperty("sockets").GetInt32() == 2,
            () => $"both are counted: {item}");
        var address = Uri.EscapeDataString(item.GetProperty("address").GetString()!);

        var answer = (await RebalanceAsync(admin, address, """{"sockets":5}""")).Is(202);

        Assert.Equal(2, answer.Json.GetProperty("sent_away").GetInt32());
        foreach (var socket in (StatusClient[])[first, second])
            Assert.InRange((await socket.IsClosedAsync(4201)).Number("retry_ms"), 0, 5_000);
        foreach (var bad in (string[])["""{"sockets":0}""", """{"sockets":-1}""", """{"sockets":1000001}""", "{}"])
            (await RebalanceAsync(admin, address, bad)).IsProblem(400, "rebalance_invalid");
        foreach (var bad in (string[])["""{"sockets":"all"}""", "null"])
            (await RebalanceAsync(admin, address, bad)).IsProblem(400, "json_invalid");
        (await RebalanceAsync(admin, "S127.0.0.1:1:1", """{"sockets":1}""")).IsProblem(404, "not_found");
        (await RebalanceAsync(api, address, """{"sockets":1}""")).IsProblem(403, "scope_missing");
    }

    private static async Task<Answer> RebalanceAsync(ApiClient client, string silo, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.SendAsync(HttpMethod.Post, $"/api/admin/silos/{silo}/rebalance", content);
    }

    /// <summary>Few frames in a row are too many for it.</summary>
    public sealed class NarrowSilo : SiloFixture
    {
        private protected override (string Name, string Value)[] Settings => [("Sockets__FrameWindow", "20")];
    }
}
