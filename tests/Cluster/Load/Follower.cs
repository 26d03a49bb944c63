using System.Globalization;
using System.Net.WebSockets;
using Ingestion.Tests.Cluster.Checks;

namespace Ingestion.Tests.Cluster.Load;

/// <summary>
/// A socket that wants every event of its user: it comes back by its cursor whenever it is ended, falls silent or misses a link of the chain, and
/// reads in the history what a snapshot skips.
/// </summary>
internal sealed class Follower : IAsyncDisposable
{
    private const int Heartbeat = 5;

    // Two pings that did not come.
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds((2 * Heartbeat) + 2);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);

    private readonly ApiClient _api;
    private readonly Ledger _ledger;
    private readonly PatientClient _client;
    private readonly CancellationTokenSource _end = new();
    private readonly List<SeenEvent> _seen = [];
    private string? _cursor;
    private Task _following = Task.CompletedTask;

    private Follower(ApiClient api, Ledger ledger) => (_api, _ledger, _client) = (api, ledger, new PatientClient(api, ledger));

    /// <summary>What it has seen, in order.</summary>
    public IReadOnlyList<SeenEvent> Seen
    {
        get
        {
            lock (_seen)
                return [.. _seen];
        }
    }

    /// <summary>The place of the last of them; -1 before the first.</summary>
    public long LastOffset => Seen is [.., var last] ? last.Offset : -1;

    /// <summary>It is at the end of a new user's journal when this returns.</summary>
    public static async Task<Follower> StartAsync(ApiClient api, Ledger ledger)
    {
        var follower = new Follower(api, ledger);
        await Eventually.TrueAsync(async () => await follower.TryConnectAsync() is { } socket && follower.Follow(socket), "a socket is open");
        return follower;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _following;
        _end.Dispose();
    }

    private bool Follow(StatusClient first)
    {
        _following = FollowAsync(first);
        return true;
    }

    private async Task FollowAsync(StatusClient? socket)
    {
        while (!_end.IsCancellationRequested)
        {
            if (socket is not null)
            {
                await ReadAsync(socket);
                _ledger.Count($"socket {socket.CloseCode?.ToString(CultureInfo.InvariantCulture) ?? "broken"}");
                await socket.DisposeAsync();
                // The close has a time of its own for each; this client comes a little later than at once.
                await Task.Delay(_pause);
            }

            socket = await TryConnectAsync();
            if (socket is null)
                await Task.Delay(_pause);
        }

        if (socket is not null)
            await socket.DisposeAsync();
    }

    /// <summary>A socket that is subscribed behind the last event; null when that did not succeed.</summary>
    private async Task<StatusClient?> TryConnectAsync()
    {
        StatusClient? socket = null;
        try
        {
            socket = await StatusClient.ConnectAsync(_api);
            await socket.NextAsync("hello");
            await socket.SendAsync(new { op = "sub", id = 1, ch = (string[])["user"], since = _cursor, heartbeat = Heartbeat });
            var answer = await socket.NextAsync("subd");
            if (answer.Text("mode") is "replay")
                return socket;
            if (answer.Text("mode") is "reset" && _cursor is not null)
                _ledger.Violations.Enqueue($"reset for {_cursor}: {answer}");
            await TakeSnapshotAsync(socket);
            return socket;
        }
        catch (Exception e) when (e is WebSocketException or InvalidOperationException or OperationCanceledException or Xunit.Sdk.XunitException)
        {
            _ledger.Count("socket refused");
            if (socket is not null)
                await socket.DisposeAsync();
            return null;
        }
    }

    private async Task TakeSnapshotAsync(StatusClient socket)
    {
        Frame snapshot;
        do
            snapshot = await socket.NextAsync("snap");
        while (!snapshot.Json.GetProperty("fin").GetBoolean());
        if (_cursor is not null)
        {
            _ledger.Count("socket snapshot");
            foreach (var skipped in await JournalReader.ReadAsync(_client, _cursor))
            {
                if (skipped.Offset <= snapshot.Offset)
                    Take(skipped, snapshot.Cursor!);
            }
        }

        _cursor = snapshot.Cursor;
    }

    /// <summary>Until the socket ends, is silent for too long, or an event is not the next of the chain.</summary>
    private async Task ReadAsync(StatusClient socket)
    {
        var pings = -1;
        while (true)
        {
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            silence.CancelAfter(_silence);
            var frame = await socket.TryNextAsync(silence.Token);
            if (frame is null)
            {
                if (!silence.IsCancellationRequested || _end.IsCancellationRequested || socket.Pings == pings)
                    return;
                pings = socket.Pings;
                continue;
            }

            if (!frame.IsJournalled)
                continue;
            if (frame.Previous != _cursor)
            {
                _ledger.Count("socket chain broken");
                return;
            }

            Take(SeenEvent.Of(frame), frame.Cursor!);
        }
    }

    private void Take(SeenEvent seen, string cursor)
    {
        lock (_seen)
            _seen.Add(seen);
        _cursor = cursor;
    }
}
