namespace Ingestion.Tests.Integration.Status;

/// <summary>How many sockets a user has, wherever they are.</summary>
public sealed class SocketLimitTests
{
    private const int Most = 20;

    [Theory]
    [InlineData("Sockets:MaxSocketsPerUser", false, 4005)]
    [InlineData("Sockets:MaxGuestsPerUser", true, 4105)]
    [InlineData("Sockets:MaxGuestsPerShare", true, 4105)]
    public async Task ExactlyAsManyAsAllowedStay_WhenAHundredComeToTwoSilosAtOnce(string limit, bool areGuests, int code)
    {
        await using var cluster = await SocketCluster.StartAsync(speed: 1, (limit, $"{Most}"));
        var (user, hosts) = (ServiceCluster.NewUser(), cluster.Hosts);
        var token = areGuests ? await cluster.ShareAsync(user) : cluster.Token(user);

        var sockets = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => SocketClient.ConnectAsync(hosts[i % 2], token)));
        var firsts = await Task.WhenAll(sockets.Select(socket => socket.ReceiveAsync(CancellationToken.None)));

        var stayed = sockets.Where((_, i) => firsts[i]?.Op == "hello").ToList();
        var refused = sockets.Except(stayed).ToArray();
        Assert.Equal(Most, stayed.Count);
        Assert.All(firsts.Where(first => first?.Op != "hello"), first => Assert.Equal(("bye", code), (first?.Op, first?.Number("code"))));
        foreach (var socket in refused)
            Assert.Equal(code, await socket.EndAsync());
        using var admin = new Operator(cluster, hosts[2]);
        var seen = await admin.SocketsAsync(user);
        Assert.Equal(Most, seen.Length);
        Assert.All(seen, socket => Assert.Equal(areGuests, socket.IsGuest));
        // Those of the other kind don't count.
        await (await SocketClient.GreetedAsync(hosts[0], areGuests ? cluster.Token(user) : await cluster.ShareAsync(user))).CloseAsync();
        await Eventually.TrueAsync(async () => (await admin.SocketsAsync(user)).Length == Most, "it has left");

        // One leaves, one more gets in, and then it is full again.
        await stayed[0].CloseAsync();
        await Eventually.TrueAsync(async () => (await admin.SocketsAsync(user)).Length == Most - 1, "its place is free");
        await using var next = await SocketClient.GreetedAsync(hosts[1], token);
        await using var late = await SocketClient.ConnectAsync(hosts[0], token);
        Assert.Equal(code, await late.EndAsync());
        foreach (var socket in stayed.Skip(1).Append(next))
            await IsServedAsync(socket, areGuests);
        foreach (var socket in sockets)
            await socket.DisposeAsync();
    }

    private static async Task IsServedAsync(SocketClient socket, bool isGuest)
    {
        if (!isGuest)
        {
            Assert.Equal("snapshot", (await socket.SubscribeAsync(["system"])).Text("mode"));
            return;
        }

        await socket.SendAsync(new { op = "sub", id = 1, ch = new[] { "system" } });
        Assert.Equal("forbidden", (await socket.NextAsync("err")).Code);
    }

    [Fact]
    public async Task OperatorSeesTheSocketsOfAllSilos_FromAnySilo()
    {
        await using var cluster = await SocketCluster.StartAsync();
        var user = ServiceCluster.NewUser();
        var expected = new List<(string, string)>();
        var sockets = new List<SocketClient>();
        foreach (var host in cluster.Hosts)
        {
            var socket = await SocketClient.ConnectAsync(host, cluster.Token(user));
            sockets.Add(socket);
            expected.Add(((await socket.NextAsync("hello")).Text("sid")!, host.Silo.ToParsableString()));
        }

        foreach (var host in cluster.Hosts)
        {
            using var admin = new Operator(cluster, host);
            Assert.Equal(expected.Order(), (await admin.SocketsAsync(user)).Select(socket => (socket.Id, socket.Silo)).Order());
        }

        foreach (var socket in sockets)
            await socket.DisposeAsync();
    }
}
