using Ingestion.Uploads;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>
/// The real store of one process with small parts, whose operations fail now and then: before anything is done, or with the answer lost. A test may hold
/// its writers.
/// </summary>
internal sealed class FaultyStore(IObjectStore inner, int partSize, Chance fault) : IObjectStore
{
    private int _fences;
    private int _copies;

    /// <summary>Before a writer is opened.</summary>
    public Gate? Opening { get; set; }

    /// <summary>Before an open writer takes bytes.</summary>
    public Gate? Taking { get; set; }

    /// <summary>Before the part of a number is copied.</summary>
    public Func<int, Gate?>? CopyGate { get; set; }

    /// <summary>How many parts were copied.</summary>
    public int Copies => Volatile.Read(ref _copies);

    /// <summary>Before an upload is put together.</summary>
    public Gate? Completing { get; set; }

    /// <summary>Fences that never come to the store.</summary>
    public Fault FenceFault { get; } = new();

    /// <summary>Removals of a video's objects that fail.</summary>
    public Fault RemovalFault { get; } = new();

    /// <summary>How often writers were fenced by order.</summary>
    public int Fences => Volatile.Read(ref _fences);

    public PartPlan PlanFor(long? length) => new(partSize);

    public async ValueTask<IObjectWriter> OpenWriterAsync(WriterStart start, CancellationToken cancellationToken)
    {
        fault.Strike();
        await PassAsync(Opening);
        return new Writer(await inner.OpenWriterAsync(start, cancellationToken), this, fault);
    }

    public Task FenceAsync(ObjectKey key, long epoch)
    {
        FenceFault.Strike();
        Interlocked.Increment(ref _fences);
        return inner.FenceAsync(key, epoch);
    }

    public async Task<bool> CompleteAsync(ObjectKey key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken)
    {
        fault.Strike();
        await PassAsync(Completing);
        var done = await inner.CompleteAsync(key, uploadId, parts, cancellationToken);
        fault.Strike();
        return done;
    }

    public Task<string> BeginCopyAsync(ObjectKey key, string uploadId, CancellationToken cancellationToken)
    {
        fault.Strike();
        return inner.BeginCopyAsync(key, uploadId, cancellationToken);
    }

    public async Task<UploadPart?> CopyPartAsync(ObjectKey key, string uploadId, PartSpan span, IReadOnlyList<CopyRange> ranges,
        CancellationToken cancellationToken)
    {
        fault.Strike();
        if (CopyGate?.Invoke(span.Number) is { } gate)
            await gate.PassAsync().WaitAsync(cancellationToken);
        Interlocked.Increment(ref _copies);
        var part = await inner.CopyPartAsync(key, uploadId, span, ranges, cancellationToken);
        fault.Strike();
        return part;
    }

    public Task AbortAsync(ObjectKey key, string uploadId, CancellationToken cancellationToken) => inner.AbortAsync(key, uploadId, cancellationToken);

    public Task DeleteTailsAsync(ObjectKey key, long epoch, string? kept, CancellationToken cancellationToken) =>
        inner.DeleteTailsAsync(key, epoch, kept, cancellationToken);

    public IAsyncEnumerable<UnfinishedUpload> ListUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        inner.ListUnfinishedAsync(before, cancellationToken);

    public Task PutAsync(ObjectKey key, Stream content, CancellationToken cancellationToken) => inner.PutAsync(key, content, cancellationToken);

    public Task<ObjectContent?> OpenReadAsync(ObjectKey key, long offset, long? count, CancellationToken cancellationToken) =>
        inner.OpenReadAsync(key, offset, count, cancellationToken);

    public Task<ObjectInfo?> GetInfoAsync(ObjectKey key, CancellationToken cancellationToken) => inner.GetInfoAsync(key, cancellationToken);

    public string? FileOf(ObjectKey key) => inner.FileOf(key);

    public Task DeleteAllAsync(string videoId, CancellationToken cancellationToken)
    {
        RemovalFault.Strike();
        return inner.DeleteAllAsync(videoId, cancellationToken);
    }

    private static Task PassAsync(Gate? gate) => gate?.PassAsync() ?? Task.CompletedTask;

    private sealed class Writer(IObjectWriter inner, FaultyStore store, Chance fault) : IObjectWriter
    {
        public string StoreUploadId => inner.StoreUploadId;

        public Memory<byte> GetMemory() => inner.GetMemory();

        public async ValueTask AdvanceAsync(int count, CancellationToken cancellationToken)
        {
            fault.Strike();
            await PassAsync(store.Taking);
            await inner.AdvanceAsync(count, cancellationToken);
        }

        public async ValueTask<UploadPart?> TakePartAsync(bool final, CancellationToken cancellationToken)
        {
            var part = await inner.TakePartAsync(final, cancellationToken);
            if (part is not null)
                fault.Strike();
            return part;
        }

        public async ValueTask<StoredRest> TakeRestAsync(CancellationToken cancellationToken)
        {
            var rest = await inner.TakeRestAsync(cancellationToken);
            fault.Strike();
            return rest;
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
