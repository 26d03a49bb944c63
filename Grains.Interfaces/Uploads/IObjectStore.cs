namespace Ingestion.Uploads;

/// <summary>
/// Where the bytes are. Objects are named by <see cref="ObjectKey"/>, never by anything from a client. An object is written as an upload of
/// equal-size parts (the last may be shorter) and becomes readable when that is completed.
/// Infrastructure faults are exceptions; a full store is an <see cref="ObjectStoreFullException"/>.
/// </summary>
public interface IObjectStore
{
    /// <summary>For how long <see cref="FenceAsync"/> keeps out writers that had not been opened yet.</summary>
    static TimeSpan FenceLasts { get; } = TimeSpan.FromMinutes(10);

    /// <summary>How this store wants a source cut into parts. The length is the declared one; null when the client does not know it yet.</summary>
    PartPlan PlanFor(long? length);

    /// <summary>
    /// Opens the writer of one upload for the silo that holds the socket. Writers of older leases in this process are fenced first, those of
    /// other processes are <see cref="IUploadFence"/>'s to fence before there is a newer lease.
    /// </summary>
    /// <exception cref="WriterFencedException">There is, or was, a newer one.</exception>
    ValueTask<IObjectWriter> OpenWriterAsync(WriterStart start, CancellationToken cancellationToken);

    /// <summary>
    /// Once it returns, no writer of a lease before <paramref name="epoch"/> writes anything in this process any more, not even one that is
    /// opened later.
    /// </summary>
    Task FenceAsync(ObjectKey key, long epoch);

    /// <summary>
    /// Makes the object readable, of exactly these parts. Completing it again is harmless. False when the stored bytes don't fit the parts.
    /// </summary>
    Task<bool> CompleteAsync(ObjectKey key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken);

    /// <summary>Gives up an upload and frees its bytes, tails included. Unknown uploads are harmless.</summary>
    Task AbortAsync(ObjectKey key, string uploadId, CancellationToken cancellationToken);

    /// <summary>
    /// Begins an upload whose parts are copied from finished objects, or continues <paramref name="uploadId"/>, where it is not empty. The store's handle
    /// of it.
    /// </summary>
    Task<string> BeginCopyAsync(ObjectKey key, string uploadId, CancellationToken cancellationToken);

    /// <summary>
    /// Makes one part durable whose bytes are those of the ranges, one behind the other, inside the store where it can do that. The part again replaces it.
    /// Null when there is no such object, or it is shorter.
    /// </summary>
    /// <exception cref="WriterFencedException">The upload has ended.</exception>
    Task<UploadPart?> CopyPartAsync(ObjectKey key, string uploadId, PartSpan span, IReadOnlyList<CopyRange> ranges, CancellationToken cancellationToken);

    /// <summary>
    /// Removes tails of an upload that leases up to <paramref name="epoch"/> have stored, except <paramref name="kept"/>. Called by the holder of
    /// that lease once the manifest names what replaces them: however late that is, tails of later writers stay.
    /// </summary>
    Task DeleteTailsAsync(ObjectKey key, long epoch, string? kept, CancellationToken cancellationToken);

    /// <summary>
    /// Unfinished uploads whose bytes last changed before <paramref name="before"/>, whether any grain knows them or not. To be listed is no reason
    /// to be removed: the store may be shared with what this cluster knows nothing of.
    /// </summary>
    IAsyncEnumerable<UnfinishedUpload> ListUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Stores a small object (a poster) whole, replacing what is there.</summary>
    Task PutAsync(ObjectKey key, Stream content, CancellationToken cancellationToken);

    /// <summary>Opens <paramref name="count"/> bytes from <paramref name="offset"/> (to the end when null); null when there is no such object.</summary>
    Task<ObjectContent?> OpenReadAsync(ObjectKey key, long offset, long? count, CancellationToken cancellationToken);

    /// <summary>Length and tag of an object; null when there is none.</summary>
    Task<ObjectInfo?> GetInfoAsync(ObjectKey key, CancellationToken cancellationToken);

    /// <summary>
    /// The file that is the object, for programs that read files, whether it is there or not; null where objects are no files of this machine.
    /// </summary>
    string? FileOf(ObjectKey key);

    /// <summary>Removes every object of a video, finished or not. Unknown ids are harmless.</summary>
    Task DeleteAllAsync(string videoId, CancellationToken cancellationToken);
}
