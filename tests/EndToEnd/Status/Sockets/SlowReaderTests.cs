using System.Net.Http.Json;

namespace Ingestion.Tests.EndToEnd.Status.Sockets;

/// <summary>A client that never reads: it is closed, what it missed is kept for it, and no other client notices.</summary>
public sealed class SlowReaderTests
{
    [Fact]
    public async Task ReaderIsClosedAndTheOthersGetEverything_WhenItNeverReads()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var admin = silo.As("operator", "admin");
        using var api = silo.As("ann");
        await using var reader = await StatusClient.SubscribedAsync(api);
        await reader.SubscribeAsync(["system"]);
        await reader.NextAsync("snap");
        using var stalled = new RawHttp(silo.Address);
        await stalled.SendHeadAsync(
            "GET /ws HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: ingestion.v1", $"Authorization: Bearer {api.Token}");
        // {"op":"sub","ch":["system"]}, masked with zeros.
        await stalled.SendAsync((byte[])[0x81, 0x80 | 28, 0, 0, 0, 0, .. """{"op":"sub","ch":["system"]}"""u8]);
        await Eventually.TrueAsync(async () => await SocketsAsync(admin) == 2, "both are there");
        var text = new string('x', 15_000);

        // More than the kernel's buffers and all lanes hold.
        var sent = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                using var body = JsonContent.Create(new { channel = "system", message = new { text } });
                (await admin.SendAsync(HttpMethod.Post, "/api/admin/broadcast", body)).Is(202);
                sent++;
                return sent % 100 == 0 && await SocketsAsync(admin) == 1;
            },
            () => $"the stalled one is gone after {sent} broadcasts");

        for (var received = 0; received < sent;)
        {
            if ((await reader.NextAsync()).Op == "evt")
                received++;
        }

        Assert.Null(reader.CloseCode);
    }

    private static async Task<int> SocketsAsync(ApiClient admin) =>
        (await admin.GetJsonAsync("/api/admin/users/ann/sockets")).GetProperty("items").GetArrayLength();
}
