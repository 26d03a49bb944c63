using System.Net.WebSockets;

namespace Ingestion.Tests.Integration.Status.Soak;

/// <summary>How a subscriber behaves while there is trouble.</summary>
internal enum Temper
{
    /// <summary>Comes and goes, with or without a word.</summary>
    Restless,

    /// <summary>Stops reading for a while, and continues.</summary>
    Slow,

    /// <summary>Stops reading until the server has closed one as too slow, for once.</summary>
    Stuck,
}

/// <summary>
/// One client, as the protocol wants it: reconnects with its last cursor to any living silo, drops what it has seen, and subscribes again when
/// an event does not follow its last one.
/// </summary>
internal sealed class SoakSubscriber(SocketCluster cluster, string user, Temper temper, bool fromTheBeginning, int seed)
{
    private const int EventsPerAck = 32;

    // What a client may meet here: nothing, its own close, and any close that means "reconnect".
    private static readonly int?[] _harmless = [null, 1000, 4100, 4101, 4104, 4203];

    private readonly Random _random = new(seed);
    private readonly string _token = cluster.Token(user);
    private readonly List<string> _story = [];
    private bool _calm;
    private bool _stuckOnce;
    private bool _subscribedAgain;

    public Holdings Holdings { get; } = new();

    public int Connections { get; private set; }

    /// <summary>Events that did not follow the last one on a connection with a single subscription.</summary>
    public int Gaps { get; private set; }

    /// <summary>Frames of progress.</summary>
    public int Progress { get; private set; }

    public override string ToString() => $"{temper} subscriber (seed {seed}):\n{string.Join('\n', _story)}";

    /// <summary>No more trouble of its own making.</summary>
    public void CalmDown() => Volatile.Write(ref _calm, true);

    /// <summary>Until the end, which breaks off its last connection.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var host = _random.GetItems(cluster.Hosts, 1)[0];
            try
            {
                await using var socket = await SocketClient.ConnectAsync(host, _token);
                Connections++;
                await ListenAsync(socket, host, end);
                _story.Add($"  ended at {Holdings.Last} with {socket.CloseCode}");
                Assert.Contains(socket.CloseCode, _harmless);
            }
            catch (WebSocketException e)
            {
                // The silo has gone, before or during the call.
                _story.Add($"  broken at {Holdings.Last}: {e.Message}");
            }

            await Task.Delay(_random.Next(100), CancellationToken.None);
        }
    }

    private async Task ListenAsync(SocketClient socket, ApiHost host, CancellationToken end)
    {
        if (await socket.ReceiveAsync(end) is not { Op: "hello" })
            return;
        var trouble = !Volatile.Read(ref _calm);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(end);
        if (trouble && temper is Temper.Restless)
            life.CancelAfter(_random.Next(500, 6_000));
        _subscribedAgain = false;
        await SubscribeAsync(socket);
        for (var count = 1; await socket.ReceiveAsync(life.Token) is { } frame; count++)
        {
            await TakeAsync(socket, frame);
            if (!Volatile.Read(ref _calm) && count % 20 == 0)
                await MisbehaveAsync(socket, host);
        }
    }

    private Task MisbehaveAsync(SocketClient socket, ApiHost host)
    {
        switch (temper)
        {
            case Temper.Restless when _random.Next(10) == 0:
                return socket.CloseAsync();
            case Temper.Restless when _random.Next(10) == 0:
                _subscribedAgain = true;
                return SubscribeAsync(socket);
            case Temper.Slow:
                return StallAsync(socket, TimeSpan.FromMilliseconds(_random.Next(1_500)), () => false);
            case Temper.Stuck when !_stuckOnce:
                return GetStuckAsync(socket, host);
            default:
                return Task.CompletedTask;
        }
    }

    private Task SubscribeAsync(SocketClient socket)
    {
        var since = Holdings.Last ?? (fromTheBeginning ? "0:0" : null);
        _story.Add($"subscribes since {since}");
        return socket.SendAsync(new { op = "sub", id = 1, ch = (string[])["user"], since });
    }

    private async Task TakeAsync(SocketClient socket, Frame frame)
    {
        switch (frame.Op)
        {
            case "subd":
                _story.Add($"  {frame}");
                // The journal is on disk and survives everything that happens here.
                Assert.NotEqual("reset", frame.Text("mode"));
                Holdings.Begin();
                break;
            case "snap":
                Holdings.TakeSnapshot(frame);
                break;
            case "evt" when !frame.IsJournalled:
                Progress++;
                break;
            case "evt":
                await TakeEventAsync(socket, frame);
                break;
            default:
                Assert.Equal("bye", frame.Op);
                break;
        }
    }

    private async Task TakeEventAsync(SocketClient socket, Frame e)
    {
        var follows = e.Previous == (Holdings.Last ?? "0:0");
        if (e.Offset > Holdings.Offset && !follows)
        {
            _story.Add($"  at {Holdings.Last}, which does not lead to {e}");
            if (!_subscribedAgain)
                Gaps++;
            _subscribedAgain = true;
            await SubscribeAsync(socket);
            return;
        }

        if (Holdings.Take(e) && e.Offset % EventsPerAck == 0)
            await socket.SendAsync(new { op = "ack", cur = e.Cursor });
    }

    private Task GetStuckAsync(SocketClient socket, ApiHost host)
    {
        _stuckOnce = true;
        _story.Add($"  is stuck at {Holdings.Last}");
        var before = host.Counts.Ended(4101);
        return StallAsync(socket, Eventually.Deadline, () => host.Counts.Ended(4101) > before);
    }

    /// <summary>Reads nothing; it is not dead though, and sends pings.</summary>
    private async Task StallAsync(SocketClient socket, TimeSpan patience, Func<bool> isOver)
    {
        using var waited = new CancellationTokenSource(patience);
        while (!waited.IsCancellationRequested && !isOver() && !Volatile.Read(ref _calm))
        {
            await socket.SendAsync(new { op = "pong" });
            await Task.Delay(50, CancellationToken.None);
        }
    }
}
