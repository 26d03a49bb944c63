using System.Collections.Concurrent;
using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.Files;

/// <summary>A writer that can be stopped for good by a newer one of the same upload.</summary>
internal interface IFencedWriter
{
    /// <summary>The upload and the lease.</summary>
    WriterStart Start { get; }

    /// <summary>Waits for the operation under way; none follows.</summary>
    Task FenceAsync();
}

/// <summary>
/// The writers of this process: one an upload, the one of the newest lease. A lease that has been taken over may come late to its first byte,
/// when the newer writer has left already, or has never been here: it is refused all the same, as it would write over what the newer one has
/// acknowledged.
/// </summary>
internal sealed class OpenWriters(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Entry> _entries = [];
    private readonly ConcurrentQueue<(string Id, Entry Entry, long LeftAt)> _left = [];

    /// <summary>Lets a writer in once all before it are fenced, so that none of them touches anything any more.</summary>
    /// <exception cref="WriterFencedException">There is, or was, a newer one.</exception>
    public async Task EnterAsync(IFencedWriter writer)
    {
        if (!await TakeAsync(writer.Start.Key.VideoId, new Entry(writer.Start.Epoch, writer)))
            throw new WriterFencedException();
    }

    /// <summary>
    /// Fences all writers of leases before <paramref name="epoch"/>, and lets none of them in for a while (<see cref="IObjectStore.FenceLasts"/>).
    /// </summary>
    public async Task FenceAsync(string id, long epoch)
    {
        var fence = new Entry(epoch, writer: null);
        if (await TakeAsync(id, fence))
            Remember(id, fence);
    }

    /// <summary>Its lease is remembered for a while.</summary>
    public void Leave(IFencedWriter writer)
    {
        var id = writer.Start.Key.VideoId;
        if (!_entries.TryGetValue(id, out var entry) || entry.Writer != writer)
            return;
        entry.Leave();
        Remember(id, entry);
    }

    /// <summary>
    /// Replaces an older entry; false when there is an entry that must not be replaced. No older writer writes afterwards, either way.
    /// </summary>
    private async Task<bool> TakeAsync(string id, Entry entry)
    {
        try
        {
            while (!_entries.TryAdd(id, entry))
            {
                if (!_entries.TryGetValue(id, out var older))
                    continue;
                if (!entry.Replaces(older))
                {
                    await older.Entered;
                    return false;
                }

                if (!_entries.TryUpdate(id, entry, older))
                    continue;
                // It may itself be waiting for a writer, and does nothing yet that its own fence would wait for.
                await older.Entered;
                if (older.Writer is { } fenced)
                    await fenced.FenceAsync();
                return true;
            }

            return true;
        }
        finally
        {
            entry.End();
        }
    }

    private void Remember(string id, Entry entry)
    {
        _left.Enqueue((id, entry, time.GetTimestamp()));
        while (_left.TryPeek(out var oldest) && time.GetElapsedTime(oldest.LeftAt) > IObjectStore.FenceLasts && _left.TryDequeue(out oldest))
            _entries.TryRemove(new KeyValuePair<string, Entry>(oldest.Id, oldest.Entry));
    }

    /// <summary>A writer; without one, what is left of it, or a fence.</summary>
    private sealed class Entry(long epoch, IFencedWriter? writer)
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly bool _isFence = writer is null;

        /// <summary>Null once it has left.</summary>
        public IFencedWriter? Writer { get; private set; } = writer;

        /// <summary>Completes when it waits for no other writer any more.</summary>
        public Task Entered => _entered.Task;

        private long Epoch { get; } = epoch;

        /// <summary>The same lease may open another writer; a fence leaves the writer of its own lease alone.</summary>
        public bool Replaces(Entry older) => _isFence ? Epoch > older.Epoch : Epoch >= older.Epoch;

        public void End() => _entered.TrySetResult();

        public void Leave() => Writer = null;
    }
}
