namespace Ingestion.Uploads;

/// <summary>
/// Where the bytes are. Objects are named by <see cref="ObjectKey"/>, never by anything a client said. An object is written as an upload of
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
    /// Once it returns, no writer of a lease before <paramref name="epoch"/> writes anything in this process any more, also not one that is
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
    /// Removes tails of an upload that leases up to <paramref name="epoch"/> have stored, except <paramref name="kept"/>. Called by the holder of
    /// that lease once the manifest names what replaces them: however late that is, tails of those who came after it stay.
    /// </summary>
    Task DeleteTailsAsync(ObjectKey key, long epoch, string? kept, CancellationToken cancellationToken);

    /// <summary>
    /// Unfinished uploads whose bytes last changed before <paramref name="before"/>, whether any grain knows them or not: what a janitor asks
    /// about, and removes with <see cref="AbortAsync"/>.
    /// </summary>
    IAsyncEnumerable<UnfinishedUpload> ListUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Stores a small object (a poster) whole, replacing what is there.</summary>
    Task PutAsync(ObjectKey key, Stream content, CancellationToken cancellationToken);

    /// <summary>Opens <paramref name="count"/> bytes from <paramref name="offset"/> (to the end when null); null when there is no such object.</summary>
    Task<ObjectContent?> OpenReadAsync(ObjectKey key, long offset, long? count, CancellationToken cancellationToken);

    /// <summary>Length and tag of an object; null when there is none.</summary>
    Task<ObjectInfo?> GetInfoAsync(ObjectKey key, CancellationToken cancellationToken);

    /// <summary>An address that ffmpeg can read the object from: a file path or a presigned URL.</summary>
    ValueTask<string> GetReadAddressAsync(ObjectKey key, CancellationToken cancellationToken);

    /// <summary>Removes every object of a video, finished or not. Unknown ids are harmless.</summary>
    Task DeleteAllAsync(string videoId, CancellationToken cancellationToken);
}

/// <summary>
/// Writes the bytes of one upload, in order, from its own buffer: the caller reads its socket into <see cref="GetMemory"/> and says how much
/// came. Not thread-safe. Nothing counts as stored before it was reported as a part or a tail and the manifest has taken it; disposing a
/// writer frees what was not reported.
/// </summary>
public interface IObjectWriter : IAsyncDisposable
{
    /// <summary>The store's handle of the upload; empty until the store has one. Goes into the manifest with each report.</summary>
    string StoreUploadId { get; }

    /// <summary>Where the next bytes go; never empty.</summary>
    Memory<byte> GetMemory();

    /// <summary>
    /// <paramref name="count"/> bytes are in <see cref="GetMemory"/>. Returns when there is room for more, which is how a slow store and a spent
    /// buffer budget hold the socket back.
    /// </summary>
    ValueTask AdvanceAsync(int count, CancellationToken cancellationToken);

    /// <summary>
    /// The next part that is durable and not yet reported, or null when there is none (yet).
    /// With <paramref name="final"/> it waits for all that is under way, the short rest is a part too, and nothing may be written after it.
    /// </summary>
    ValueTask<UploadPart?> TakePartAsync(bool final, CancellationToken cancellationToken);

    /// <summary>
    /// Makes durable all that came and was not reported, so that an interrupted client loses nothing that arrived: full parts, and the bytes
    /// behind them as a tail. A tail that the writer began with is in it again when no part has replaced it. Nothing may be written afterwards.
    /// </summary>
    ValueTask<StoredRest> TakeRestAsync(CancellationToken cancellationToken);
}

/// <summary>Where a writer goes on.</summary>
/// <param name="Key">The object to become.</param>
/// <param name="StoreUploadId">The store's handle from the manifest; empty when the store has none yet.</param>
/// <param name="Plan">How the source is cut.</param>
/// <param name="PartsEnd">Bytes in the manifest's parts; the next part starts here.</param>
/// <param name="Tail">What is acknowledged behind them; null when nothing is.</param>
/// <param name="Epoch">The lease, which names new tails.</param>
/// <param name="Expected">Total bytes where known or bounded (a declared length, a request's content length); null otherwise. A hint for buffers.</param>
public sealed record WriterStart(ObjectKey Key, string StoreUploadId, PartPlan Plan, long PartsEnd, UploadTail? Tail, long Epoch, long? Expected)
{
    /// <summary>Where the first new byte goes.</summary>
    public long Offset => PartsEnd + (Tail?.Length ?? 0);
}

/// <summary>What a writer had not reported yet when its request ended.</summary>
/// <param name="Parts">Full parts, in order.</param>
/// <param name="Tail">The bytes behind them; null when there are none.</param>
public sealed record StoredRest(IReadOnlyList<UploadPart> Parts, UploadTail? Tail);

/// <summary>An upload that the store holds bytes of.</summary>
/// <param name="VideoId">The upload; not checked to be an id of ours.</param>
/// <param name="StoreUploadId">The store's handle.</param>
public sealed record UnfinishedUpload(string VideoId, string StoreUploadId);

/// <summary>Writing bytes that are already in memory.</summary>
public static class ObjectWriterExtensions
{
    /// <summary>Copies <paramref name="bytes"/> into the writer.</summary>
    public static async ValueTask WriteAsync(this IObjectWriter writer, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var space = writer.GetMemory();
            var count = Math.Min(space.Length, bytes.Length);
            bytes[..count].CopyTo(space);
            await writer.AdvanceAsync(count, cancellationToken);
            bytes = bytes[count..];
        }
    }
}

/// <summary>The name of an object: a video and what of it.</summary>
/// <param name="VideoId">A valid <see cref="MediaId"/>.</param>
/// <param name="Name">One of the fixed names below.</param>
public readonly record struct ObjectKey(string VideoId, string Name)
{
    /// <summary>The uploaded file as it came.</summary>
    public static ObjectKey Source(string videoId) => new(videoId, "source");

    /// <summary>A still picture, JPEG.</summary>
    public static ObjectKey Poster(string videoId) => new(videoId, "poster.jpg");
}

/// <summary>Facts of a stored object.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="ETag">A strong tag without quotes; changes with the bytes.</param>
/// <param name="LastModified">When it was completed.</param>
public sealed record ObjectInfo(long Length, string ETag, DateTimeOffset LastModified);

/// <summary>An open object. The caller disposes <see cref="Stream"/>.</summary>
public sealed record ObjectContent(Stream Stream, ObjectInfo Info);

/// <summary>The store has no room for these bytes; what was acknowledged before is safe.</summary>
public sealed class ObjectStoreFullException : IOException
{
    /// <summary>With what the store said.</summary>
    public ObjectStoreFullException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>The store can't be reached, or fails for longer than it is tried; what was acknowledged before is safe.</summary>
public class ObjectStoreUnavailableException : IOException
{
    /// <summary>With what the store said.</summary>
    public ObjectStoreUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>A writer was fenced: another one of the same upload has been opened, and this one's bytes go nowhere any more.</summary>
public sealed class WriterFencedException : IOException
{
    /// <summary>Says so.</summary>
    public WriterFencedException()
        : base("Another writer of this upload has been opened.")
    {
    }
}
