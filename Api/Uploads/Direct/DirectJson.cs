using System.Text.Json.Serialization;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>Body of a request for an upload.</summary>
/// <param name="Size">Bytes of the source.</param>
/// <param name="Name">Its file name, for display.</param>
/// <param name="Type">What the client takes it for; never believed.</param>
/// <param name="PartSize">Bytes of every part but the last; the store chooses when it is absent.</param>
/// <param name="ExternalId">The caller's own id.</param>
/// <param name="Metadata">The caller's own texts by name, 16 at most.</param>
internal sealed record DirectRequestJson(
    long Size, string? Name = null, string? Type = null, long? PartSize = null, string? ExternalId = null,
    IReadOnlyDictionary<string, string>? Metadata = null);

/// <summary>Body of a request for fresh addresses.</summary>
internal sealed record PartNumbersJson(IReadOnlyList<int> Numbers);

/// <summary>All parts are sent.</summary>
internal sealed record CompletionJson(IReadOnlyList<SentPartJson> Parts);

/// <summary>A part as the client knows it.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Etag">What its PUT was answered with; quotes don't matter.</param>
internal sealed record SentPartJson(int Number, string Etag);

/// <summary>A new upload.</summary>
/// <param name="Id">Of the upload, and of the task and the video that it becomes.</param>
/// <param name="TaskId">The same.</param>
/// <param name="Size">Bytes of the source.</param>
/// <param name="PartSize">Bytes of every part but the last.</param>
/// <param name="PartCount">How many there are.</param>
/// <param name="ExpiresAt">When the upload expires unless it is used before.</param>
/// <param name="Parts">Where the first ones go.</param>
/// <param name="Links">Addresses of the next steps.</param>
internal sealed record DirectUploadJson(
    string Id, string TaskId, long Size, long PartSize, int PartCount, DateTimeOffset ExpiresAt, IReadOnlyList<PartAddressJson> Parts, DirectLinksJson Links);

/// <summary>Where a part goes: one PUT of exactly its bytes, without a token.</summary>
internal sealed record PartAddressJson(int Number, long Offset, long Size, string Url, DateTimeOffset ExpiresAt);

/// <summary>Where the upload's own requests go.</summary>
internal sealed record DirectLinksJson(string Self, string Parts, string Complete);

/// <summary>Fresh addresses.</summary>
internal sealed record PartAddressesJson(DateTimeOffset ExpiresAt, IReadOnlyList<PartAddressJson> Parts);

/// <summary>What the store has of an upload.</summary>
/// <param name="Id">Of the upload.</param>
/// <param name="Size">Bytes of the source.</param>
/// <param name="PartSize">Bytes of every part but the last.</param>
/// <param name="PartCount">How many there are to be.</param>
/// <param name="ExpiresAt">When the upload expires unless it is used before.</param>
/// <param name="Parts">Those that are there.</param>
/// <param name="ExternalId">The id that the caller gave.</param>
/// <param name="Metadata">The texts that the caller gave.</param>
internal sealed record StoredPartsJson(
    string Id, long Size, long PartSize, int PartCount, DateTimeOffset ExpiresAt, IReadOnlyList<StoredPartJson> Parts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ExternalId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Metadata);

/// <summary>A part that the store has.</summary>
internal sealed record StoredPartJson(int Number, long Offset, long Size, string Etag);

/// <summary>Strict: no number is a text, and nothing that is needed may be missing or null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(WireTimeConverter)],
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DirectRequestJson))]
[JsonSerializable(typeof(PartNumbersJson))]
[JsonSerializable(typeof(CompletionJson))]
[JsonSerializable(typeof(DirectUploadJson))]
[JsonSerializable(typeof(PartAddressesJson))]
[JsonSerializable(typeof(StoredPartsJson))]
internal sealed partial class DirectJsonContext : JsonSerializerContext;
