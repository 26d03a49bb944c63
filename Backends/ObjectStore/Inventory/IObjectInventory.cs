using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.Inventory;

/// <summary>What an object store holds, for a check: it only reads, and needs neither buffers nor a silo.</summary>
public interface IObjectInventory : IDisposable
{
    /// <summary>All finished objects, tails of uploads among them. Those of other makers are left out.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(CancellationToken cancellationToken);

    /// <summary>The finished objects of these videos.</summary>
    /// <param name="videoIds">In ascending order; near each other in it, so that one listing can answer for many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<ILookup<string, StoredObject>> FindAsync(IReadOnlyList<string> videoIds, CancellationToken cancellationToken);

    /// <summary>Unfinished uploads whose bytes last changed before <paramref name="before"/>.</summary>
    IAsyncEnumerable<UnfinishedUpload> ListUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Whether the store still has what an upload's manifest counts as safe.</summary>
    Task<bool> HasBytesAsync(UploadBytes upload, CancellationToken cancellationToken);

    /// <summary>Opens the source of a video; null when there is none.</summary>
    Task<Stream?> OpenSourceAsync(string videoId, CancellationToken cancellationToken);
}

/// <summary>A finished object.</summary>
/// <param name="VideoId">A valid <see cref="MediaId"/>.</param>
/// <param name="Name">What of it.</param>
/// <param name="Length">Bytes.</param>
/// <param name="LastModified">When it was completed.</param>
public sealed record StoredObject(string VideoId, string Name, long Length, DateTimeOffset LastModified);

/// <summary>What an upload's manifest counts as safe.</summary>
/// <param name="Id">The upload.</param>
/// <param name="StoreUploadId">The store's handle.</param>
/// <param name="Parts">The parts; of a direct upload none is counted before its end.</param>
/// <param name="Tail">What is behind them.</param>
public sealed record UploadBytes(string Id, string StoreUploadId, IReadOnlyList<UploadPart> Parts, UploadTail? Tail);
