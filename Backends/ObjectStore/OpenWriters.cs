using System.Collections.Concurrent;
using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore;

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
/// when the newer writer has left already: it is refused all the same, as it would write over what the newer one has acknowledged.
/// </summary>
internal sealed class OpenWriters(TimeProvider time)
{
    // Longer than any request goes on that has lost its lease: it is told, and cut off when its bytes don't come.
    private static readonly TimeSpan _remembered = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Entry> _writers = [];
    private readonly ConcurrentQueue<(string Id, Entry Entry, long LeftAt)> _left = [];

    /// <summary>Lets a writer in once all before it are fenced, so that none of them touches anything any more.</summary>
    /// <exception cref="WriterFencedException">There is, or was, a newer one.</exception>
    public async Task EnterAsync(IFencedWriter writer)
    {
        var id = writer.Start.Key.VideoId;
        var entry = new Entry(writer);
        try
        {
            while (!_writers.TryAdd(id, entry))
            {
                if (!_writers.TryGetValue(id, out var older))
                    continue;
                if (older.Epoch > entry.Epoch)
                    throw new WriterFencedException();
                if (!_writers.TryUpdate(id, entry, older))
                    continue;
                // It may itself be waiting for one that still writes, and does nothing yet that its own fence would wait for.
                await older.Entered;
                if (older.Writer is { } fenced)
                    await fenced.FenceAsync();
                return;
            }
        }
        finally
        {
            entry.End();
        }
    }

    /// <summary>Its lease is remembered for a while.</summary>
    public void Leave(IFencedWriter writer)
    {
        var id = writer.Start.Key.VideoId;
        if (!_writers.TryGetValue(id, out var entry) || entry.Writer != writer)
            return;
        entry.Leave();
        _left.Enqueue((id, entry, time.GetTimestamp()));
        while (_left.TryPeek(out var oldest) && time.GetElapsedTime(oldest.LeftAt) > _remembered && _left.TryDequeue(out oldest))
            _writers.TryRemove(new KeyValuePair<string, Entry>(oldest.Id, oldest.Entry));
    }

    private sealed class Entry(IFencedWriter writer)
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Epoch { get; } = writer.Start.Epoch;

        /// <summary>Null once it has left.</summary>
        public IFencedWriter? Writer { get; private set; } = writer;

        /// <summary>Completes when it waits for nobody any more.</summary>
        public Task Entered => _entered.Task;

        public void End() => _entered.TrySetResult();

        public void Leave() => Writer = null;
    }
}
