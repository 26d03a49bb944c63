using System.Net;
using System.Net.Sockets;
using System.Text;
using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Status;

/// <summary>An event stream whose client does not read: it must not hold its connection for longer than its place among the user's sockets.</summary>
public sealed class SlowStreamTests
{
    // A replay of them is many times what the buffers of a connection hold here.
    private const int Events = 300;

    [Fact]
    public async Task StreamAndConnectionAreGone_WhenItsClientReadsNothing()
    {
        await using var cluster = await SocketCluster.StartAsync(speed: 5);
        var (user, host) = (ServiceCluster.NewUser(), cluster.Hosts[0]);
        await PublishAsync(cluster, user);
        using var admin = new Operator(cluster, cluster.Hosts[1]);
        using var stuck = await RequestAsync(host, cluster.Token(user));
        await Eventually.TrueAsync(async () => (await admin.SocketsAsync(user)).Length == 1, "the stream has its place");
        Assert.Equal(1, host.Connections);

        await Eventually.TrueAsync(() => Task.FromResult(host.Connections == 0), "nothing of the connection is left");

        await Eventually.TrueAsync(async () => (await admin.SocketsAsync(user)).Length == 0, "its place is free");
    }

    [Fact]
    public async Task ConnectionIsGone_WhenTheTokenOfAStreamThatIsNotReadExpires()
    {
        await using var cluster = await SocketCluster.StartAsync(speed: 5);
        var (user, host) = (ServiceCluster.NewUser(), cluster.Hosts[0]);
        await PublishAsync(cluster, user);
        using var admin = new Operator(cluster, cluster.Hosts[1]);
        using var stuck = await RequestAsync(host, cluster.Token(user, TimeSpan.FromSeconds(10)));
        await Eventually.TrueAsync(async () => (await admin.SocketsAsync(user)).Length == 1, "the stream has its place");

        await Eventually.TrueAsync(async () => (await admin.SocketsAsync(user)).Length == 0, "its time is over");

        await Eventually.TrueAsync(() => Task.FromResult(host.Connections == 0), "nothing of the connection is left");
    }

    private static Task PublishAsync(SocketCluster cluster, string user)
    {
        var events = Enumerable.Range(0, Events).Select(_ => ObserverTests.Event(ServiceCluster.NewId(), VideoStatus.Ready));
        return cluster.Service.From(1).GetGrain<IStatusGrain>(user).PublishAsync([.. events], redelivery: false);
    }

    private static async Task<TcpClient> RequestAsync(ApiHost host, string token)
    {
        var client = new TcpClient { ReceiveBufferSize = 4 * 1024 };
        await client.ConnectAsync(IPAddress.Loopback, host.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /api/events?after=0:0 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"));
        return client;
    }
}
