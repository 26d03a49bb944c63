namespace Ingestion.Videos;

/// <summary>What an owner changes of a record: a JSON merge patch (RFC 7396). What is null is left as it is.</summary>
/// <param name="FileName">The new name; <see cref="TextChange.Value"/> null removes it.</param>
/// <param name="ExternalId">The new id; null inside removes it.</param>
/// <param name="Metadata">By key: the new value, or null to remove it.</param>
/// <param name="ReplacesMetadata">All other keys go.</param>
/// <param name="Tags">Only a record of one of these versions is changed; null: any.</param>
[GenerateSerializer, Immutable, Alias("ingestion.video-change")]
public sealed record VideoChange(
    [property: Id(0)] TextChange? FileName,
    [property: Id(1)] TextChange? ExternalId,
    [property: Id(2)] IReadOnlyDictionary<string, string?> Metadata,
    [property: Id(3)] bool ReplacesMetadata,
    [property: Id(4)] IReadOnlyList<string>? Tags);

/// <summary>A text that is set, or removed when it is null.</summary>
[GenerateSerializer, Immutable, Alias("ingestion.text-change")]
public sealed record TextChange([property: Id(0)] string? Value);

/// <summary>How a change of a record went.</summary>
public enum ChangeOutcome : byte
{
    /// <summary>The record is as wanted, whether that changed something or not.</summary>
    Ok = 0,

    /// <summary>There is no such video, or it is another user's.</summary>
    NotFound = 1,

    /// <summary>The record has another version.</summary>
    TagMismatch = 2,

    /// <summary>With the change the metadata would be beyond what they may be.</summary>
    MetadataInvalid = 3,
}

/// <summary>Answer to a change.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Record">The record as it is now; null when there is none.</param>
/// <param name="Fault">Why the metadata are refused.</param>
[GenerateSerializer, Immutable, Alias("ingestion.video-change-result")]
public sealed record VideoChangeResult(
    [property: Id(0)] ChangeOutcome Outcome, [property: Id(1)] VideoRecord? Record = null, [property: Id(2)] string? Fault = null);
