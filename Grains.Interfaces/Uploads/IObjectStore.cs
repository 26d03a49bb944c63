namespace Ingestion.Uploads;

/// <summary>
/// Where the bytes are. Objects are named by <see cref="ObjectKey"/>, never by anything a client said. An object is written as an upload of
/// equal-size parts (the last may be shorter) and becomes readable when that is completed.
/// Infrastructure faults are exceptions; a full store is an <see cref="ObjectStoreFullException"/>.
/// </summary>
public interface IObjectStore
{
    /// <summary>Bytes of every part but the last that this store wants for a source of this length.</summary>
    int PartSizeFor(long? length);

    /// <summary>Starts an upload and returns the store's handle of it. Costs nothing until the first byte where the store allows.</summary>
    ValueTask<string> BeginAsync(ObjectKey key, CancellationToken cancellationToken);

    /// <summary>Opens the writer of one upload for the silo that holds the socket; bytes go on at <paramref name="offset"/>.</summary>
    ValueTask<IObjectWriter> OpenWriterAsync(ObjectKey key, string uploadId, long offset, int partSize, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the object readable, of exactly these parts. Completing it again is harmless. False when the stored bytes don't fit the parts.
    /// </summary>
    Task<bool> CompleteAsync(ObjectKey key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken);

    /// <summary>Gives up an upload and frees its bytes. Unknown uploads are harmless.</summary>
    Task AbortAsync(ObjectKey key, string uploadId, CancellationToken cancellationToken);

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
/// came. Not thread-safe; disposing it without completion keeps what was reported.
/// </summary>
public interface IObjectWriter : IAsyncDisposable
{
    /// <summary>Where the next bytes go; never empty.</summary>
    Memory<byte> GetMemory();

    /// <summary><paramref name="count"/> bytes are in <see cref="GetMemory"/>. Returns when there is room for more.</summary>
    ValueTask AdvanceAsync(int count, CancellationToken cancellationToken);

    /// <summary>
    /// The next part that is durable and not yet reported, or null when the bytes since the last one don't fill a part.
    /// With <paramref name="final"/> the short rest is a part too, and nothing may be written after it.
    /// </summary>
    ValueTask<UploadPart?> TakePartAsync(bool final, CancellationToken cancellationToken);
}

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
