using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Status;

/// <summary>A journal that is lost under a living socket: nothing is sent unrequested, and the client has to subscribe again.</summary>
public sealed class PositionLostTests
{
    [Fact]
    public async Task ClosesWith4203AndResetsWhoComesBack_WhenTheJournalIsAnotherOne()
    {
        await using var cluster = await SocketCluster.StartAsync();
        var user = ServiceCluster.NewUser();
        var status = cluster.Service.From(1).GetGrain<IStatusGrain>(user);
        await status.PublishAsync([ObserverTests.Event(ServiceCluster.NewId(), VideoStatus.Ready)], redelivery: false);
        await using var socket = await SocketClient.GreetedAsync(cluster.Hosts[0], cluster.Token(user));
        await socket.SubscribeAsync(["user"], "0:0");
        var seen = (await socket.NextAsync("evt")).Cursor;

        // After a failed write the journal is read again, and then it is gone.
        cluster.Service.JournalFault.On();
        await Assert.ThrowsAsync<IOException>(() => status.PublishAsync([ObserverTests.Event(ServiceCluster.NewId(), VideoStatus.Ready)], redelivery: false));
        cluster.Service.JournalFault.Off();
        Directory.Delete(Path.Combine(cluster.Service.Folder, "state", "status"), recursive: true);
        var first = ObserverTests.Event(ServiceCluster.NewId(), VideoStatus.Ready);
        await status.PublishAsync([first], redelivery: false);

        Assert.Equal(4203, (await socket.NextAsync("bye")).Number("code"));
        Assert.Equal(4203, await socket.EndAsync());
        await using var next = await SocketClient.GreetedAsync(cluster.Hosts[2], cluster.Token(user));
        Assert.Equal("reset", (await next.SubscribeAsync(["user"], seen)).Text("mode"));
        await next.NextAsync("snap");
    }
}
