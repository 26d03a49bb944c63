namespace Ingestion.Uploads;

/// <summary>
/// Uploads whose parts the client sends to the store itself, in any order and side by side. Implemented by each object store beside
/// <see cref="IObjectStore"/>, which completes and aborts them like every other upload.
/// </summary>
public interface IDirectUploads
{
    /// <summary>Starts an upload; the store's handle of it.</summary>
    Task<string> BeginAsync(ObjectKey key, CancellationToken cancellationToken);

    /// <summary>
    /// An address that takes PUTs of this part, of exactly <paramref name="length"/> bytes, until <paramref name="expires"/>; null when the edge has to take it
    /// and call <see cref="PutPartAsync"/>.
    /// </summary>
    ValueTask<Uri?> PresignPartAsync(ObjectKey key, string storeUploadId, int number, long length, DateTimeOffset expires, CancellationToken cancellationToken);

    /// <summary>Stores one part of a known size at its place; the part again replaces it. Its ETag, without quotes.</summary>
    /// <exception cref="WriterFencedException">Another PUT of the same part has taken over, or the upload has ended.</exception>
    /// <exception cref="NotSupportedException">The store takes parts by presigned address only.</exception>
    Task<UploadPart> PutPartAsync(ObjectKey key, string storeUploadId, PartSpan span, long length, Stream content, CancellationToken cancellationToken);

    /// <summary>The parts that the store has, by number; null when it knows no such upload. The client's list is checked against it.</summary>
    Task<IReadOnlyList<UploadPart>?> ListPartsAsync(ObjectKey key, string storeUploadId, PartPlan plan, CancellationToken cancellationToken);
}
