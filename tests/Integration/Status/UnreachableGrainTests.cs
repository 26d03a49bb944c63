using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Status;

/// <summary>A user's grain that can't be reached, as nothing of its journal can be read: the client is refused with a time to retry.</summary>
public sealed class UnreachableGrainTests : IAsyncLifetime
{
    private readonly string _user = ServiceCluster.NewUser();
    private SocketCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await SocketCluster.StartAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task ClosesWith4100_WhenTheGrainCantBeActivatedForTheGreeting()
    {
        _cluster.Service.UnreadableJournal.On();
        await using var socket = await SocketClient.ConnectAsync(_cluster.Hosts[0], _cluster.Token(_user));
        await IsClosedAsync(socket);

        _cluster.Service.UnreadableJournal.Off();
        await using var next = await SocketClient.GreetedAsync(_cluster.Hosts[0], _cluster.Token(_user));
        Assert.Equal("snapshot", (await next.SubscribeAsync(["user"])).Text("mode"));
    }

    [Fact]
    public async Task ClosesWith4100AndContinuesFromTheCursor_WhenTheGrainFailsAtTheSubscription()
    {
        var status = _cluster.Service.From(1).GetGrain<IStatusGrain>(_user);
        await status.PublishAsync([ObserverTests.Event(ServiceCluster.NewId(), VideoStatus.Ready)], redelivery: false);
        await using var socket = await SocketClient.GreetedAsync(_cluster.Hosts[0], _cluster.Token(_user));
        await socket.SubscribeAsync(["user"], "0:0");
        var seen = (await socket.NextAsync("evt")).Cursor;

        // After a failed write the journal is read again; now that fails too.
        _cluster.Service.JournalFault.On();
        _cluster.Service.UnreadableJournal.On();
        var missed = ObserverTests.Event(ServiceCluster.NewId(), VideoStatus.Ready);
        await Assert.ThrowsAsync<IOException>(() => status.PublishAsync([missed], redelivery: false));
        await socket.SendAsync(new { op = "sub", id = 2, ch = (string[])["user"], since = seen });
        await IsClosedAsync(socket);

        _cluster.Service.JournalFault.Off();
        _cluster.Service.UnreadableJournal.Off();
        await status.PublishAsync([missed], redelivery: true);
        await using var next = await SocketClient.GreetedAsync(_cluster.Hosts[2], _cluster.Token(_user));
        Assert.Equal("replay", (await next.SubscribeAsync(["user"], seen)).Text("mode"));
        Assert.Equal(missed.Id, (await next.NextAsync("evt")).EventId);
    }

    private static async Task IsClosedAsync(SocketClient socket)
    {
        Assert.Equal(4100, (await socket.NextAsync("bye")).Number("code"));
        Assert.Equal(4100, await socket.EndAsync());
    }
}
