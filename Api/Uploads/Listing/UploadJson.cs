using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Listing;

/// <summary>An unfinished upload. What is not known is absent.</summary>
/// <param name="Id">Of the upload, and of the video that it becomes.</param>
/// <param name="Kind">How its bytes come: <c>partial</c> is a piece of a tus upload; <c>form</c> can only be cancelled.</param>
/// <param name="Status">Whether bytes may come, or all are there: <c>complete</c> is a piece that is to be joined.</param>
/// <param name="Offset">Acknowledged bytes; of a direct upload none are until it is complete.</param>
/// <param name="Length">Bytes of the whole source.</param>
/// <param name="FileName">The name that the client gave.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ExpiresAt">When it goes if nothing more comes.</param>
/// <param name="Links">Addresses of the next steps.</param>
/// <param name="ExternalId">The id that the caller gave.</param>
/// <param name="Metadata">The texts that the caller gave.</param>
internal sealed record UploadJson(
    string Id,
    [property: AllowedValues("form", "resumable", "partial", "final", "direct")] string Kind,
    [property: AllowedValues("open", "completing", "complete")] string Status,
    long Offset,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Length,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FileName,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    UploadLinksJson Links,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ExternalId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Metadata)
{
    /// <summary>The upload with links that begin with <paramref name="root"/>.</summary>
    public static UploadJson Of(string id, UploadInfo info, string root) => new(
        id, NameOf(info.Kind), NameOf(info.State), info.Offset, info.Length, info.FileName, info.CreatedAt, info.ExpiresAt, UploadLinksJson.Of(id, info, root),
        info.Caller?.ExternalId, info.Caller?.Metadata);

    private static string NameOf(UploadKind kind) => kind switch
    {
        UploadKind.Form => "form",
        UploadKind.Partial => "partial",
        UploadKind.Final => "final",
        UploadKind.Direct => "direct",
        _ => "resumable",
    };

    private static string NameOf(UploadState state) => state switch
    {
        UploadState.Open => "open",
        UploadState.Completing => "completing",
        _ => "complete",
    };
}

/// <summary>Addresses of an upload.</summary>
/// <param name="Self">Continues it by PATCH, cancels it by DELETE.</param>
/// <param name="Parts">Of a direct upload: fresh addresses for parts, and those that are there.</param>
/// <param name="Complete">Of a direct upload: makes a video of the parts.</param>
internal sealed record UploadLinksJson(
    string Self,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Parts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Complete)
{
    public static UploadLinksJson Of(string id, UploadInfo info, string root)
    {
        var self = $"{root}{ResumableEndpoints.Root}/{id}";
        var isDirect = info.Kind is UploadKind.Direct;
        return new(self, isDirect ? self + "/parts" : null, isDirect ? self + "/complete" : null);
    }
}

/// <summary>A page of a list.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="NextCursor">To be given as <c>cursor</c>; absent on the last page.</param>
internal sealed record UploadListJson(
    IReadOnlyList<UploadJson> Items, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextCursor);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(UploadListJson))]
internal sealed partial class UploadListJsonContext : JsonSerializerContext;
