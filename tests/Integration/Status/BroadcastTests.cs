namespace Ingestion.Tests.Integration.Status;

/// <summary>Broadcasts of operators reach the sockets of every silo.</summary>
public sealed class BroadcastTests
{
    [Theory]
    [InlineData("system")]
    [InlineData("role:editor")]
    public async Task EverySocketOfTheChannelReceivesItOnce_WhenItIsSentToAnySilo(string channel)
    {
        const int PerHost = 3;
        await using var cluster = await SocketCluster.StartAsync();
        var sockets = new List<SocketClient>();
        foreach (var host in cluster.Hosts)
        {
            for (var i = 0; i < PerHost; i++)
                sockets.Add(await ListenAsync(cluster, host, channel));
        }

        // A client in another channel.
        await using var other = await ListenAsync(cluster, cluster.Hosts[0], "role:night-shift");
        var sent = new List<string>();
        foreach (var host in cluster.Hosts)
        {
            using var admin = new Operator(cluster, host);
            var (id, silos) = await admin.BroadcastAsync(channel, "news");
            Assert.Equal(cluster.Hosts.Length, silos);
            sent.Add(id);
        }

        foreach (var socket in sockets)
        {
            var received = new List<string>();
            while (received.Count < sent.Count)
                received.Add(await ReceiveAsync(socket, channel));
            // One-way calls to different silos may overtake each other; what counts is that each came, and once.
            Assert.Equal(sent.Order(), received.Order());
            Assert.Empty(await UntilPongAsync(socket));
        }

        Assert.Empty(await UntilPongAsync(other));
        foreach (var socket in sockets)
            await socket.DisposeAsync();
    }

    private static async Task<SocketClient> ListenAsync(SocketCluster cluster, ApiHost host, string channel)
    {
        var socket = await SocketClient.GreetedAsync(host, cluster.Token(ServiceCluster.NewUser(), "read", "editor", "night-shift"));
        await socket.SubscribeAsync([channel]);
        await socket.NextAsync("snap");
        return socket;
    }

    private static async Task<string> ReceiveAsync(SocketClient socket, string channel)
    {
        var frame = await socket.NextAsync("evt");
        Assert.Equal((channel, null), (frame.Channel, frame.Cursor));
        return frame.EventId!;
    }

    /// <summary>A barrier: what has come before the answer.</summary>
    private static async Task<List<Frame>> UntilPongAsync(SocketClient socket)
    {
        await socket.SendAsync(new { op = "ping", ts = 7 });
        var before = new List<Frame>();
        for (var frame = await socket.ReceiveAsync(CancellationToken.None); frame is not { Op: "pong" }; frame =
            await socket.ReceiveAsync(CancellationToken.None))
            before.Add(frame ?? throw new InvalidOperationException("The socket has ended."));
        return before;
    }
}
