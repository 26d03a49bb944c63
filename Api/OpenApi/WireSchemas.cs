using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ingestion.Api.OpenApi;

/// <summary>What the attributes of our types mean for the JSON: values of a closed list, and properties that are absent instead of null.</summary>
internal sealed class WireSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonPropertyInfo is { } property)
        {
            if (Attribute<AllowedValuesAttribute>(property) is { } allowed)
                schema.Enum = [.. allowed.Values.Select(value => (JsonNode)JsonValue.Create((string)value!)!)];
            if (IsAbsentWhenNull(property))
            {
                schema.Type &= ~JsonSchemaType.Null;
                // The framework's mark for "or null" where the type has a name.
                schema.Metadata?.Remove("x-is-nullable-property");
            }
        }

        foreach (var absent in context.JsonTypeInfo.Properties.Where(IsAbsentWhenNull))
            schema.Required?.Remove(absent.Name);
        return Task.CompletedTask;
    }

    private static bool IsAbsentWhenNull(JsonPropertyInfo property) =>
        Attribute<JsonIgnoreAttribute>(property) is { Condition: JsonIgnoreCondition.WhenWritingNull };

    private static T? Attribute<T>(JsonPropertyInfo property)
        where T : Attribute => property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: false).OfType<T>().FirstOrDefault();
}
