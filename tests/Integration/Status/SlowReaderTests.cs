using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Status;

/// <summary>A client that does not read its own events: what waits for it is bounded and can be seen, it is closed, and it misses nothing.</summary>
public sealed class SlowReaderTests
{
    // Frames in each lane (docs/inside/status.md), and at last the two that end the socket.
    private const int MostWaiting = 256 + 2;

    // More than the buffers of a connection hold here, less than they and a lane.
    private const int EventsToWait = 120;

    // What the journal keeps.
    private const int MostEvents = 1_000;

    [Theory]
    [InlineData(VideoStatus.Ready)]
    [InlineData(VideoStatus.Uploaded)]
    public async Task ReaderIsClosedWith4101AndMissesNothing_WhenItReadsNothingForTooLong(VideoStatus status)
    {
        // Not much faster than the clock on the wall: in its grace it still reads what waits for it.
        await using var cluster = await SocketCluster.StartAsync(speed: 2);
        var (user, hosts) = (ServiceCluster.NewUser(), cluster.Hosts);
        await using var stuck = await FromTheBeginningAsync(cluster, hosts[0], user);
        await using var reader = await FromTheBeginningAsync(cluster, hosts[1], user);
        var received = new Holdings();
        var reading = ReadAsync(reader, received);
        using var admin = new Operator(cluster, hosts[2]);
        while (received.Offset < EventsToWait)
            await PublishAsync(cluster, user, status, received);
        await Eventually.TrueAsync(async () => Waiting(await StuckAsync(admin, user, hosts[0]), status) > 0, "what waits can be seen");
        await Eventually.TrueAsync(async () => (await admin.SlowAsync())[hosts[0].Silo.ToParsableString()] == 1, "the slow reader is counted");

        while (hosts[0].Counts.Ended(4101) == 0)
        {
            await PublishAsync(cluster, user, status, received);
            if (await StuckAsync(admin, user, hosts[0]) is { } seen)
                Assert.InRange(Waiting(seen, status), 1, MostWaiting);
        }

        var held = new Holdings();
        await ReadAsync(stuck, held);
        Assert.Equal(4101, stuck.CloseCode);
        Assert.InRange(held.Offset, 1, received.Offset - 1);
        await using var back = await SocketClient.GreetedAsync(hosts[2], cluster.Token(user));
        await back.SubscribeAsync(["user"], held.Last);
        await ReadAsync(back, held, upTo: received.Offset);
        await reader.CloseOutputAsync();
        await reading;
        var journal = await JournalAsync(cluster, user);
        held.Verify(journal);
        received.Verify(journal);
    }

    [Fact]
    public async Task SocketIsGoneAfterItsGrace_WhenItsPeerNeitherReadsNorCloses()
    {
        await using var cluster = await SocketCluster.StartAsync(speed: 5);
        var (user, host) = (ServiceCluster.NewUser(), cluster.Hosts[0]);
        await using var stuck = await FromTheBeginningAsync(cluster, host, user);
        await using var reader = await FromTheBeginningAsync(cluster, cluster.Hosts[1], user);
        var received = new Holdings();
        var reading = ReadAsync(reader, received);
        using var admin = new Operator(cluster, cluster.Hosts[2]);
        Assert.Equal((1, 1), (host.Counts.Active, host.Connections));

        while (host.Counts.Ended(4101) == 0)
            await PublishAsync(cluster, user, VideoStatus.Ready, received);

        await Eventually.TrueAsync(() => Task.FromResult(host is { Counts.Active: 0, Connections: 0 }), "nothing of it is left");
        Assert.Null(await StuckAsync(admin, user, host));
        await reader.CloseOutputAsync();
        await reading;
    }

    private static async Task<SocketClient> FromTheBeginningAsync(SocketCluster cluster, ApiHost host, string user)
    {
        var socket = await SocketClient.GreetedAsync(host, cluster.Token(user));
        Assert.Equal("replay", (await socket.SubscribeAsync(["user"], "0:0")).Text("mode"));
        return socket;
    }

    /// <summary>Publishes events of as many videos, and waits until a reader has them.</summary>
    private static async Task PublishAsync(SocketCluster cluster, string user, VideoStatus status, Holdings received)
    {
        const int Count = 8;
        var upTo = received.Offset + Count;
        Assert.True(upTo < MostEvents, "more events wait for a reader that does not read than there is room for");
        var events = Enumerable.Range(0, Count).Select(_ => ObserverTests.Event(ServiceCluster.NewId(), status));
        await cluster.Service.From(1).GetGrain<IStatusGrain>(user).PublishAsync([.. events], redelivery: false);
        await Eventually.TrueAsync(() => Task.FromResult(received.Offset >= upTo), "a reader gets all events");
    }

    private static async Task<IReadOnlyList<JournalEntry>> JournalAsync(SocketCluster cluster, string user) =>
        (await cluster.Service.From(1).GetGrain<IStatusGrain>(user).ReadAsync(new Cursor(Cursor.EmptyEpoch, 0), MostEvents)).Entries;

    private static async Task<SeenSocket?> StuckAsync(Operator admin, string user, ApiHost host) =>
        (await admin.SocketsAsync(user)).SingleOrDefault(socket => socket.Silo == host.Silo.ToParsableString());

    private static int Waiting(SeenSocket? socket, VideoStatus status) => (status.IsTerminal ? socket?.Critical : socket?.States) ?? 0;

    /// <summary>Up to that place, or to the socket's end.</summary>
    private static async Task ReadAsync(SocketClient socket, Holdings held, long upTo = long.MaxValue)
    {
        while (held.Offset < upTo && await socket.ReceiveAsync(CancellationToken.None) is { } frame)
        {
            if (frame.Op == "snap")
                held.TakeSnapshot(frame);
            else if (frame.Op == "evt")
                held.Take(frame);
        }
    }
}
