using System.Security.Cryptography;
using Ingestion.Backends.Disk;
using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.Files;

/// <summary>Parts that clients send side by side: each is written to its place in the file, and marked once it is durable.</summary>
internal sealed partial class FileObjectStore : IDirectUploads
{
    private readonly DirectPartTurns _turns = new();

    public Task<string> BeginAsync(ObjectKey key, CancellationToken cancellationToken) =>
        DurableDisk.RunAsync(
            (this, key.VideoId),
            static begin =>
            {
                var (store, id) = begin;
                using (new UploadFile(store.PartPath(id)))
                    store.MarkersOf(id).Begin();
                return id;
            },
            cancellationToken);

    /// <summary>The edge takes the parts.</summary>
    public ValueTask<Uri?> PresignPartAsync(
        ObjectKey key, string storeUploadId, int number, long length, DateTimeOffset expires, CancellationToken cancellationToken) => default;

    public async Task<UploadPart> PutPartAsync(ObjectKey key, string storeUploadId, PartSpan span, long length, Stream content,
        CancellationToken cancellationToken)
    {
        try
        {
            return await _turns.WriteAsync(key.VideoId, span.Number, token => WritePartAsync(key.VideoId, span, length, content, token), cancellationToken);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw new ObjectStoreFullException("The disk of the object store is full.", e);
        }
    }

    public Task<IReadOnlyList<UploadPart>?> ListPartsAsync(ObjectKey key, string storeUploadId, PartPlan plan, CancellationToken cancellationToken) =>
        DurableDisk.RunAsync(
            (Markers: MarkersOf(key.VideoId), plan),
            static list => list.Markers.Exist ? (IReadOnlyList<UploadPart>?)list.Markers.Read(list.plan.Part) : null,
            cancellationToken);

    private async Task<UploadPart> WritePartAsync(string id, PartSpan span, long length, Stream content, CancellationToken cancellationToken)
    {
        var markers = MarkersOf(id);
        using var file = await DurableDisk.RunAsync((this, id, markers, span), static open => open.Item1.OpenForPart(open.id, open.markers, open.span.Number),
            cancellationToken);
        using var buffer = FileBuffer.TryBlock(_buffers.Budget) ?? FileBuffer.Small(_buffers.Budget);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        for (long at = 0; at < length;)
        {
            var space = buffer.Memory[..(int)Math.Min(buffer.Size, length - at)];
            await content.ReadExactlyAsync(space, cancellationToken);
            hash.AppendData(space.Span);
            var offset = span.Offset + at;
            await DurableDisk.RunAsync((file, space, offset), static write => { write.file.WriteCached(write.space, write.offset); return true; },
                CancellationToken.None);
            at += space.Length;
        }

        var part = new UploadPart(span.Number, span.Offset, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
        await DurableDisk.RunAsync((file, markers, part), static end => { end.file.Flush(); end.markers.Set(end.part); return true; }, CancellationToken.None);
        return part;
    }

    private UploadFile OpenForPart(string id, PartMarkers markers, int number)
    {
        if (!markers.Exist)
            throw new WriterFencedException();
        markers.Clear(number);
        return new UploadFile(PartPath(id));
    }
}
