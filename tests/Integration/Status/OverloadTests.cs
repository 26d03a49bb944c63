namespace Ingestion.Tests.Integration.Status;

/// <summary>Many clients that do not read at once: what waits for all of them together is bounded, and clients that read are not affected.</summary>
public sealed class OverloadTests
{
    [Fact]
    public async Task SlowOnesAreClosedWith4103_WhenTooMuchWaitsInTheSilo()
    {
        // As many as could hold three times the budget of 1 MiB, each within its own bound of 256 KiB.
        const int Stuck = 12;
        await using var cluster = await SocketCluster.StartAsync(speed: 1, ("Sockets:QueueMebibytes", "1"));
        var host = cluster.Hosts[0];
        var stuck = new List<SocketClient>();
        for (var i = 0; i < Stuck; i++)
            stuck.Add(await ListenAsync(cluster, host));
        await using var reader = await ListenAsync(cluster, host);
        using var admin = new Operator(cluster, cluster.Hosts[1]);
        var text = new string('x', 15_000);

        for (var sent = 0; host.Counts.Ended(4103) == 0; sent++)
        {
            Assert.True(sent < 5_000, "no broadcast was too much");
            await admin.BroadcastAsync("system", text);
            await reader.NextAsync("evt");
        }

        Assert.Equal(0, host.Counts.Ended(4101));
        await admin.BroadcastAsync("system", "still there");
        await reader.NextAsync("evt");
        foreach (var socket in stuck)
            await socket.DisposeAsync();
    }

    private static async Task<SocketClient> ListenAsync(SocketCluster cluster, ApiHost host)
    {
        var socket = await SocketClient.GreetedAsync(host, cluster.Token(ServiceCluster.NewUser()));
        await socket.SubscribeAsync(["system"]);
        await socket.NextAsync("snap");
        return socket;
    }
}
