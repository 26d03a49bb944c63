using System.Text.Json.Serialization;
using Ingestion.Videos;

namespace Ingestion.Status;

/// <summary>What an event carries of its video beside the state, so that most subscribers need no request of their own. What there is not is null.</summary>
/// <param name="Owner">The <c>sub</c> of the token that uploaded it. Not for guests.</param>
/// <param name="FileName">The name that the client gave.</param>
/// <param name="ExternalId">The caller's own id. Not for guests.</param>
/// <param name="SizeBytes">Bytes of the source.</param>
/// <param name="DurationSeconds">Length in seconds.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="HasPoster">Whether there is a poster.</param>
/// <param name="Metadata">The caller's own, in events of terminal states and of changes, unless it is large. Not for guests.</param>
[GenerateSerializer, Immutable, Alias("ingestion.video-facts")]
public sealed record VideoFacts(
    [property: Id(0)] string Owner,
    [property: Id(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FileName,
    [property: Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ExternalId,
    [property: Id(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? SizeBytes,
    [property: Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? DurationSeconds = null,
    [property: Id(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Width = null,
    [property: Id(6), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Height = null,
    [property: Id(7), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool HasPoster = false,
    [property: Id(8), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Metadata = null)
{
    /// <summary>
    /// Metadata of more bytes than this stand in the record only: a journal's segment of 32 events is written with each event, and held for each webhook.
    /// </summary>
    public const int MostMetadataBytes = 1024;

    /// <summary>The facts of a video.</summary>
    /// <param name="record">The video.</param>
    /// <param name="withMetadata">Whether the event is one of those that carry metadata.</param>
    public static VideoFacts Of(VideoRecord record, bool withMetadata) => new(
        record.Owner, record.FileName, record.Caller?.ExternalId, record.SizeBytes, record.Media?.DurationSeconds, record.Media?.Width, record.Media?.Height,
        record.HasPoster, withMetadata ? Small(record.Caller?.Metadata) : null);

    /// <summary>The metadata, unless they are too large for an event.</summary>
    public static IReadOnlyDictionary<string, string>? Small(IReadOnlyDictionary<string, string>? metadata) =>
        metadata is not null && CallerData.SizeOf(metadata) <= MostMetadataBytes ? metadata : null;
}
