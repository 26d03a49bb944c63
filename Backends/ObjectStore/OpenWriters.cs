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

/// <summary>The writers of this process: one an upload, the one of the newest lease.</summary>
internal sealed class OpenWriters
{
    private readonly ConcurrentDictionary<string, IFencedWriter> _writers = [];

    /// <summary>Lets a writer in and fences the one before it, before it touches anything.</summary>
    /// <exception cref="WriterFencedException">A newer one is there already.</exception>
    public async Task EnterAsync(IFencedWriter writer)
    {
        var id = writer.Start.Key.VideoId;
        while (!_writers.TryAdd(id, writer))
        {
            if (!_writers.TryGetValue(id, out var older))
                continue;
            if (older.Start.Epoch > writer.Start.Epoch)
                throw new WriterFencedException();
            if (!_writers.TryUpdate(id, writer, older))
                continue;
            await older.FenceAsync();
            return;
        }
    }

    public void Leave(IFencedWriter writer) => _writers.TryRemove(new KeyValuePair<string, IFencedWriter>(writer.Start.Key.VideoId, writer));
}
