namespace Ingestion.Uploads;

/// <summary>Addresses by which clients read objects from the store itself. Implemented where the store can do that, beside <see cref="IObjectStore"/>.</summary>
public interface IPresignedReads
{
    /// <summary>An address that takes GETs of this object, ranges too, until <paramref name="expires"/>. Made without a request to the store.</summary>
    ValueTask<Uri> PresignReadAsync(ObjectKey key, ReadForm form, DateTimeOffset expires, CancellationToken cancellationToken);
}

/// <summary>What the answers of the store say of an object.</summary>
/// <param name="ContentType">Its media type.</param>
/// <param name="ContentDisposition">By what name a browser saves it; null: nothing.</param>
public sealed record ReadForm(string ContentType, string? ContentDisposition);
