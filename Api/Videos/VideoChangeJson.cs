using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Problems;
using Ingestion.Videos;

namespace Ingestion.Api.Videos;

/// <summary>Body of a change, as it is read: what is absent is undefined, and null removes.</summary>
internal sealed record VideoChangeJson(JsonElement FileName = default, JsonElement ExternalId = default, JsonElement Metadata = default)
{
    /// <summary>The change, or why there is none.</summary>
    /// <param name="tags">The versions that may be changed; null: any.</param>
    public (VideoChange? Change, Problem? Problem) Read(IReadOnlyList<string>? tags)
    {
        var (name, wrongName) = ReadName();
        var (id, wrongId) = ReadId();
        if ((wrongName ?? wrongId) is { } wrong)
            return (null, wrong);
        var metadata = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (Metadata.ValueKind is JsonValueKind.Object)
        {
            foreach (var member in Metadata.EnumerateObject())
            {
                if (member.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null) || !metadata.TryAdd(member.Name, TextOf(member.Value)))
                    return (null, Problem.MetadataInvalid with { Detail = $"The value of {member.Name} is no text, or is there twice." });
            }
        }
        else if (Metadata.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            return (null, Problem.MetadataInvalid);
        }

        return (new VideoChange(name, id, metadata, Metadata.ValueKind is JsonValueKind.Null, tags), null);
    }

    private (TextChange? Name, Problem? Problem) ReadName()
    {
        if (FileName.ValueKind is JsonValueKind.Undefined)
            return (null, null);
        if (FileName.ValueKind is JsonValueKind.Null)
            return (new TextChange(null), null);
        return FileName.ValueKind is JsonValueKind.String && Uploads.FileName.Clean(TextOf(FileName)) is { } name
            ? (new TextChange(name), null)
            : (null, Problem.JsonInvalid with { Detail = "$.file_name" });
    }

    private (TextChange? Id, Problem? Problem) ReadId()
    {
        if (ExternalId.ValueKind is JsonValueKind.Undefined)
            return (null, null);
        if (ExternalId.ValueKind is JsonValueKind.Null)
            return (new TextChange(null), null);
        return ExternalId.ValueKind is JsonValueKind.String && TextOf(ExternalId) is { } id && CallerData.IsExternalId(id)
            ? (new TextChange(id), null)
            : (null, Problem.ExternalIdInvalid);
    }

    // Half of a surrogate pair in an escape is no text.
    private static string? TextOf(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return "\uD800";
        }
    }
}

/// <summary>What changes of a record: members that are absent stay, null removes.</summary>
/// <param name="FileName">The name for display and downloads.</param>
/// <param name="ExternalId">The caller's own id.</param>
/// <param name="Metadata">By key: a text, or null to remove the key. Null instead of the object removes all.</param>
internal sealed record VideoChangeShape(string? FileName = null, string? ExternalId = null, IReadOnlyDictionary<string, string?>? Metadata = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(VideoChangeJson))]
[JsonSerializable(typeof(VideoChangeShape))]
internal sealed partial class VideoChangeContext : JsonSerializerContext;
