using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Ingestion.Status;

namespace Ingestion.Api.Status.Events;

/// <summary>
/// One subscriber by Server-Sent Events: the journal from where it was, then what comes. Each event's <c>id</c> is its cursor, with which it comes
/// back.
/// </summary>
internal sealed class EventStream(PipeWriter output, JournalListener listener, TimeProvider time, string? video)
{
    /// <summary>Between two signs of life when nothing happens; a renewal of the lease too.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    // Less than the lease of its place: a client that does not read must not hold a connection that is no longer counted.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private Cursor _at;

    /// <summary>Whether something waits for the client to read; when the stream has ended: it does not read.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>Writes the start of the stream.</summary>
    public async Task BeginAsync(Cursor? since, CancellationToken cancellationToken)
    {
        var subscription = await listener.StartAsync(since);
        _at = subscription.Cursor;
        output.Write("retry: 3000\n\n"u8);
        if (subscription.Mode is SubscriptionMode.Replay)
            WriteAll(subscription.Cursor.Epoch, subscription.Entries);
        else
            Write(subscription.Mode is SubscriptionMode.Reset ? "reset" : "snapshot", subscription.Cursor, Latest(subscription.Entries));
        await FlushAsync(cancellationToken);
    }

    /// <summary>
    /// Runs until it is cancelled, or the client has not read for too long, or the journal has advanced without this subscriber, which then comes
    /// back for a new start, or its place has gone to another one.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await listener.WaitAsync(Period, cancellationToken);
            JournalPage page;
            do
            {
                page = await listener.ReadAsync(_at);
                if (!page.Follows(_at))
                    return;
                WriteAll(page.End.Epoch, page.Entries);
                foreach (var progress in listener.TakeProgress())
                    WriteProgress(progress);
                // A comment: it keeps proxies from closing the connection, and reveals a dead one.
                output.Write(":\n\n"u8);
                if (!await FlushAsync(cancellationToken))
                    return;
            }
            while (page.Entries.Count > 0 && _at.Offset < page.End.Offset);

            if (!await listener.RenewAsync(_at))
                return;
        }
    }

    /// <summary>False when the client has gone.</summary>
    private async Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_patience, time);
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
            if (Wants(entry.Event))
                Write(entry.Event.TypeOf(entry.Event.JournalPriority), _at, CloudEventJson.Of(entry.Event));
        }
    }

    private void WriteProgress(StatusEvent progress)
    {
        if (!Wants(progress))
            return;
        var json = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(json, CloudEventJson.Options))
            CloudEventJson.Write(writer, progress, StatusPriority.Progress);
        // Without an id: a client does not come back to it.
        Write(progress.TypeOf(StatusPriority.Progress), at: null, json.WrittenSpan);
    }

    private byte[] Latest(IReadOnlyList<JournalEntry> entries)
    {
        var json = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(json, CloudEventJson.Options))
        {
            writer.WriteStartArray();
            foreach (var entry in entries.Where(entry => Wants(entry.Event)))
                CloudEventJson.Write(writer, entry.Event, entry.Event.JournalPriority);
            writer.WriteEndArray();
        }

        return json.WrittenSpan.ToArray();
    }

    private void Write(string type, Cursor? at, ReadOnlySpan<byte> data)
    {
        var id = at is { } cursor ? $"id: {cursor}\n" : "";
        output.Write(Encoding.UTF8.GetBytes($"event: {type}\n{id}data: "));
        output.Write(data);
        output.Write("\n\n"u8);
    }

    private bool Wants(StatusEvent e) => video is null || e.VideoId == video;
}
