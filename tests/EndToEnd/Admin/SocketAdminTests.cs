namespace Ingestion.Tests.EndToEnd.Admin;

/// <summary>The sockets of each silo, for operators.</summary>
public sealed class SocketAdminTests
{
    [Fact]
    public async Task SocketsAreCounted_OpenOnesAndThoseThatHaveEnded()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var admin = silo.As("operator", "admin");
        using var ann = silo.As("ann");
        using var bob = silo.As("bob");
        await using var first = await StatusClient.ConnectAsync(ann);
        await using var second = await StatusClient.ConnectAsync(ann);
        await using var third = await StatusClient.ConnectAsync(bob);

        await Eventually.TrueAsync(async () => Counts(await LookAsync(admin)) == (3, 2, 0, 0), "three sockets of two users are open");
        var open = await LookAsync(admin);
        Assert.True(open.GetProperty("queue_limit_bytes").GetInt64() > 0);
        Assert.Empty(open.GetProperty("closed").EnumerateArray());

        (await admin.DeleteAsync("/api/admin/users/bob/sockets")).Is(200);
        await Eventually.TrueAsync(async () => Counts(await LookAsync(admin)) == (2, 1, 0, 0), "the sockets of bob are closed");
        var closed = Assert.Single((await LookAsync(admin)).GetProperty("closed").EnumerateArray());
        Assert.Equal((4007, "disconnected", 1), (closed.GetProperty("code").GetInt32(), closed.GetProperty("reason").GetString(),
            closed.GetProperty("count").GetInt32()));
    }

    private static async Task<JsonElement> LookAsync(ApiClient admin) =>
        Assert.Single((await admin.GetJsonAsync("/api/admin/sockets")).GetProperty("items").EnumerateArray());

    private static (int Sockets, int Users, int Guests, int Slow) Counts(JsonElement silo) => (
        silo.GetProperty("sockets").GetInt32(), silo.GetProperty("users").GetInt32(), silo.GetProperty("guests").GetInt32(),
        silo.GetProperty("slow").GetInt32());
}
