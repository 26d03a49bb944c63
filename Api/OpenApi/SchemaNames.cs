using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;

namespace Ingestion.Api.OpenApi;

/// <summary>Names of schemas: those of the types, without the suffix for their purpose.</summary>
internal static class SchemaNames
{
    private static readonly string[] _endings = ["Json", "Shape", "Body"];

    /// <summary>Null: the schema has no name and stands where it is used.</summary>
    public static string? Of(JsonTypeInfo type)
    {
        // Any JSON at all.
        if ((Nullable.GetUnderlyingType(type.Type) ?? type.Type) == typeof(JsonElement))
            return null;
        var name = OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        return Array.Find(_endings, ending => name?.EndsWith(ending, StringComparison.Ordinal) is true) is { } found ? name![..^found.Length] : name;
    }
}
