namespace Ingestion.Uploads;

/// <summary>A write lease.</summary>
/// <param name="Outcome">How it went; the epoch is meaningless unless Ok.</param>
/// <param name="Epoch">To be given with each call of this writer.</param>
/// <param name="Length">Total bytes if known.</param>
/// <param name="Plan">How the source is cut.</param>
/// <param name="StoreUploadId">The object store's own handle of this upload; empty as long as there is none.</param>
/// <param name="PartsEnd">Bytes in the manifest's parts.</param>
/// <param name="Tail">What is acknowledged behind them.</param>
/// <param name="Head">The first bytes, as long as the media type is not known.</param>
/// <param name="ContentType">The media type; null as long as too few bytes have come.</param>
/// <param name="Kind">What kind of upload.</param>
/// <param name="ExpiresAt">When it goes if nothing more comes.</param>
[GenerateSerializer, Immutable, Alias("ingestion.lease-result")]
public sealed record LeaseResult(
    [property: Id(0)] UploadOutcome Outcome,
    [property: Id(1)] long Epoch,
    [property: Id(2)] long? Length,
    [property: Id(3)] PartPlan Plan,
    [property: Id(4)] string StoreUploadId,
    [property: Id(5)] long PartsEnd,
    [property: Id(6)] UploadTail? Tail,
    [property: Id(7)] ReadOnlyMemory<byte> Head,
    [property: Id(8)] string? ContentType,
    [property: Id(9)] UploadKind Kind,
    [property: Id(10)] DateTimeOffset ExpiresAt)
{
    /// <summary>Acknowledged bytes; the next ones start here.</summary>
    public long Offset => PartsEnd + (Tail?.Length ?? 0);
}
