using Ingestion.Videos;

namespace Ingestion.Uploads;

/// <summary>What a writer has stored since its last commit, and what it has learnt.</summary>
/// <param name="StoreUploadId">The store's handle; empty as long as there is none.</param>
/// <param name="Parts">In order, without gaps.</param>
/// <param name="Tail">Behind them; null leaves the manifest's tail as long as no part has replaced it.</param>
/// <param name="Length">Total bytes, if they were declared with this; may be repeated but not changed.</param>
/// <param name="ContentType">The media type, once the first bytes have shown it.</param>
/// <param name="Head">The first bytes, as long as they have not.</param>
[GenerateSerializer, Immutable, Alias("ingestion.upload-commit")]
public sealed record UploadCommit(
    [property: Id(0)] string StoreUploadId,
    [property: Id(1)] IReadOnlyList<UploadPart> Parts,
    [property: Id(2)] UploadTail? Tail,
    [property: Id(3)] long? Length,
    [property: Id(4)] string? ContentType,
    [property: Id(5)] ReadOnlyMemory<byte> Head)
{
    /// <summary>Adds nothing: checks whether the lease still holds, and shows that its writer is alive.</summary>
    public static UploadCommit Empty { get; } = new("", [], null, null, null, default);

    /// <summary>What the bytes of the whole source must have, if the client gave it with these bytes; replaces an earlier one.</summary>
    [Id(6)]
    public SourceDigest? Digest { get; init; }

    /// <summary>What is to travel with the video, where it came behind the first bytes; replaces what came before.</summary>
    [Id(7)]
    public CallerData? Caller { get; init; }
}

/// <summary>Answer to a commit.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Offset">The acknowledged prefix in bytes, whatever the outcome.</param>
/// <param name="ExpiresAt">When the upload goes if nothing more comes.</param>
[GenerateSerializer, Immutable, Alias("ingestion.commit-result")]
public sealed record CommitResult([property: Id(0)] UploadOutcome Outcome, [property: Id(1)] long Offset, [property: Id(2)] DateTimeOffset ExpiresAt);

/// <summary>Answer to a completion.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Video">The video it became; null unless Ok, and for partial uploads.</param>
[GenerateSerializer, Immutable, Alias("ingestion.complete-result")]
public sealed record CompleteResult([property: Id(0)] UploadOutcome Outcome, [property: Id(1)] VideoRecord? Video);
