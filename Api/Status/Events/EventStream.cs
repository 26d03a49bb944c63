using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Ingestion.Api.Status.Broadcasts;
using Ingestion.Api.Status.Sockets;
using Ingestion.Connections;
using Ingestion.Status;

namespace Ingestion.Api.Status.Events;

/// <summary>
/// One subscriber by Server-Sent Events: the journal from where it was, then what comes. Each event's <c>id</c> is its cursor, with which it comes
/// back; so is that of each heartbeat, as a subscriber of some videos would otherwise stay behind while these rest.
/// </summary>
internal sealed class EventStream(
    PipeWriter output, JournalListener listener, BroadcastWatch broadcasts, StreamHeartbeat heartbeat, TimeProvider time, Func<Task<bool>> mayStay)
{
    /// <summary>Between two signs of life when nothing happens; a renewal of the lease too.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    // Less than the lease of its place: a client that does not read must not hold a connection that is no longer counted.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    // What is said at the end is said to a client that reads.
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(2);

    // Milliseconds; so that streams that ended together do not come back together.
    private const int ShortestRetry = 2_000;
    private const int LongestRetry = 5_000;

    private Cursor _at;
    private EventPlace _sent;

    // Null while no channel of broadcasts is listened to.
    private long? _broadcasts;

    /// <summary>Whether something waits for the client to read; when the stream has ended: it does not read.</summary>
    public bool IsStuck { get; private set; }

    private EventPlace Place => new(_at, _broadcasts);

    /// <summary>Writes the start of the stream.</summary>
    public async Task BeginAsync(EventPlace? since, CancellationToken cancellationToken)
    {
        _broadcasts = broadcasts.Channels.Count > 0 ? since?.Broadcasts ?? broadcasts.End : null;
        var subscription = await listener.StartAsync(since?.Cursor);
        WriteRetry(Random.Shared.Next(ShortestRetry, LongestRetry));
        if (subscription.Mode is SubscriptionMode.Replay)
            WriteAll(subscription.Cursor.Epoch, subscription.Entries);
        else
            WriteSnapshot(subscription);
        _at = subscription.Cursor;
        WriteBroadcasts();
        WriteHeartbeat();
        await FlushAsync(_patience, cancellationToken);
    }

    /// <summary>
    /// Runs until it is cancelled, or the client has not read for too long, or the journal has advanced without this subscriber, which then comes
    /// back for a new start, or its place has gone to another one.
    /// </summary>
    /// <returns>Why it has ended; null when the client has gone.</returns>
    public async Task<CloseCode?> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Nothing is read without news: while nothing happens, the user needs no grain.
            JournalPage? page = null;
            var isNews = await listener.WaitAsync(heartbeat.Period, cancellationToken);
            do
            {
                if (isNews)
                    page = await listener.ReadAsync(_at);
                if (page?.Follows(_at) is false)
                    return CloseCode.PositionLost;
                if (page is not null)
                    WriteAll(page.End.Epoch, page.Entries);
                foreach (var progress in listener.TakeProgress())
                    WriteProgress(progress);
                WriteBroadcasts();
                WriteHeartbeat();
                if (!await FlushAsync(_patience, cancellationToken))
                    return null;
            }
            while (page?.Entries.Count > 0 && _at.Offset < page.End.Offset);

            if (!await mayStay())
                return CloseCode.Revoked;
            if (!await listener.RenewAsync(_at))
                return CloseCode.TooManySockets;
        }
    }

    /// <summary>Writes the event <c>bye</c>: why the stream ends, as on a socket. False when the client does not read.</summary>
    public async Task<bool> TryEndAsync(StreamEnd end, CancellationToken cancellationToken)
    {
        if (end.RetryMilliseconds is { } retry)
            WriteRetry(retry);
        Write("bye", at: null, end.ToJson());
        try
        {
            await FlushAsync(_farewell, cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>False when the client has gone.</summary>
    private async Task<bool> FlushAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(longest, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        IsStuck = true;
        var flushed = await output.FlushAsync(end.Token);
        IsStuck = false;
        return !flushed.IsCompleted;
    }

    private void WriteAll(string epoch, IReadOnlyList<JournalEntry> entries)
    {
        foreach (var entry in entries)
        {
            _at = new Cursor(epoch, entry.Offset);
            if (listener.Wants(entry.Event))
                Write(entry.Event.TypeOf(entry.Event.JournalPriority), _sent = Place, CloudEventJson.Of(entry.Event, listener.Audience, listener.Media));
        }
    }

    private void WriteSnapshot(Subscription subscription)
    {
        _at = subscription.Cursor;
        Write(subscription.Mode is SubscriptionMode.Reset ? "reset" : "snapshot", _sent = Place, Latest(subscription.Entries));
    }

    private void WriteBroadcasts()
    {
        if (_broadcasts is not { } after)
            return;
        foreach (var kept in broadcasts.After(after))
        {
            _broadcasts = kept.Broadcast.Number;
            Write(BroadcastEventJson.Type, _sent = Place, BroadcastEventJson.Of(kept));
        }
    }

    private void WriteProgress(StatusEvent progress)
    {
        if (!listener.Wants(progress))
            return;
        var json = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(json, CloudEventJson.Options))
            CloudEventJson.Write(writer, progress, StatusPriority.Progress, listener.Audience);
        // Without an id: a client does not come back to it.
        Write(progress.TypeOf(StatusPriority.Progress), at: null, json.WrittenSpan);
    }

    private byte[] Latest(IReadOnlyList<JournalEntry> entries)
    {
        var json = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(json, CloudEventJson.Options))
        {
            writer.WriteStartArray();
            foreach (var entry in entries.Where(entry => listener.Wants(entry.Event)))
                CloudEventJson.Write(writer, entry.Event, entry.Event.JournalPriority, listener.Audience, media: listener.Media);
            writer.WriteEndArray();
        }

        return json.WrittenSpan.ToArray();
    }

    /// <summary>
    /// It keeps proxies from closing the connection, reveals a dead one, and moves the client's place: an id without data is remembered and shows no
    /// event. An EventSource gives its place to the server and not to its page: to a page that has to open its streams itself it is an event.
    /// </summary>
    private void WriteHeartbeat()
    {
        if (heartbeat.ShowsPlace && Place != _sent)
            Write("cursor", _sent = Place, Encoding.UTF8.GetBytes($$"""{"cursor":"{{Place}}"}"""));
        else
            Write(Encoding.UTF8.GetBytes($"id: {Place}\n\n"));
    }

    private void WriteRetry(int milliseconds) =>
        Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {milliseconds}\n\n")));

    private void Write(string type, EventPlace? at, ReadOnlySpan<byte> data)
    {
        var id = at is { } place ? $"id: {place}\n" : "";
        Write(Encoding.UTF8.GetBytes($"event: {type}\n{id}data: "));
        Write(data);
        Write("\n\n"u8);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        using var small = SmallBlocks.For(bytes.Length);
        output.Write(bytes);
    }
}

/// <summary>The signs of life of a stream.</summary>
/// <param name="Wish">The longest time between two that the client asks for; null: none.</param>
/// <param name="ShowsPlace">Whether the place is to be shown to the page, which has to come back with it itself.</param>
internal sealed record StreamHeartbeat(TimeSpan? Wish, bool ShowsPlace)
{
    /// <summary>Never longer than usual.</summary>
    public TimeSpan Period { get; } = Wish < EventStream.Period ? Wish.Value : EventStream.Period;
}
