namespace Ingestion.Uploads;

/// <summary>
/// Writes the bytes of one upload, in order, from its own buffer: the caller reads its socket into <see cref="GetMemory"/> and reports how much
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

/// <summary>Where a writer continues.</summary>
/// <param name="Key">The object to become.</param>
/// <param name="StoreUploadId">The store's handle from the manifest; empty when the store has none yet.</param>
/// <param name="Plan">How the source is cut.</param>
/// <param name="PartsEnd">Bytes in the manifest's parts; the next part starts here.</param>
/// <param name="Tail">What is acknowledged behind them; null when nothing is.</param>
/// <param name="Epoch">The lease, which names new tails.</param>
/// <param name="Expected">Total bytes where known or bounded (a declared length, a request's content length); null otherwise. A hint for buffers.</param>
public sealed record WriterStart(ObjectKey Key, string StoreUploadId, PartPlan Plan, long PartsEnd, UploadTail? Tail, long Epoch, long? Expected)
{
    /// <summary>Whose upload it is: what an owner holds of the buffers is bounded by a share of them.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Where the first new byte goes.</summary>
    public long Offset => PartsEnd + (Tail?.Length ?? 0);
}

/// <summary>What a writer had not reported yet when its request ended.</summary>
/// <param name="Parts">Full parts, in order.</param>
/// <param name="Tail">The bytes behind them; null when there are none.</param>
public sealed record StoredRest(IReadOnlyList<UploadPart> Parts, UploadTail? Tail);
