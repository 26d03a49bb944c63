using Ingestion.Uploads;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>A real store with small parts, whose operations fail now and then: before anything is done, or with the answer lost.</summary>
internal sealed class FaultyStore(IObjectStore inner, int partSize) : IObjectStore
{
    public Chance Fault { get; } = new();

    public PartPlan PlanFor(long? length) => new(partSize);

    public async ValueTask<IObjectWriter> OpenWriterAsync(WriterStart start, CancellationToken cancellationToken)
    {
        Fault.Strike();
        return new Writer(await inner.OpenWriterAsync(start, cancellationToken), Fault);
    }

    public async Task<bool> CompleteAsync(ObjectKey key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken)
    {
        Fault.Strike();
        var done = await inner.CompleteAsync(key, uploadId, parts, cancellationToken);
        Fault.Strike();
        return done;
    }

    public Task AbortAsync(ObjectKey key, string uploadId, CancellationToken cancellationToken) => inner.AbortAsync(key, uploadId, cancellationToken);

    public Task DeleteTailsAsync(ObjectKey key, string? kept, CancellationToken cancellationToken) => inner.DeleteTailsAsync(key, kept, cancellationToken);

    public IAsyncEnumerable<UnfinishedUpload> ListUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken) => inner.ListUnfinishedAsync(before, cancellationToken);

    public Task PutAsync(ObjectKey key, Stream content, CancellationToken cancellationToken) => inner.PutAsync(key, content, cancellationToken);

    public Task<ObjectContent?> OpenReadAsync(ObjectKey key, long offset, long? count, CancellationToken cancellationToken) => inner.OpenReadAsync(key, offset, count, cancellationToken);

    public Task<ObjectInfo?> GetInfoAsync(ObjectKey key, CancellationToken cancellationToken) => inner.GetInfoAsync(key, cancellationToken);

    public ValueTask<string> GetReadAddressAsync(ObjectKey key, CancellationToken cancellationToken) => inner.GetReadAddressAsync(key, cancellationToken);

    public Task DeleteAllAsync(string videoId, CancellationToken cancellationToken) => inner.DeleteAllAsync(videoId, cancellationToken);

    private sealed class Writer(IObjectWriter inner, Chance fault) : IObjectWriter
    {
        public string StoreUploadId => inner.StoreUploadId;

        public Memory<byte> GetMemory() => inner.GetMemory();

        public ValueTask AdvanceAsync(int count, CancellationToken cancellationToken)
        {
            fault.Strike();
            return inner.AdvanceAsync(count, cancellationToken);
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
