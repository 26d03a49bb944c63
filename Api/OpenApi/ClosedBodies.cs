using Microsoft.OpenApi;

namespace Ingestion.Api.OpenApi;

/// <summary>Members that a body of JSON does not have are refused, so its schema says so. Those of answers may get more.</summary>
internal static class ClosedBodies
{
    public static void Apply(OpenApiDocument document)
    {
        var operations = document.Paths.Values.Select(path => path.Operations).OfType<Dictionary<HttpMethod, OpenApiOperation>>();
        foreach (var operation in operations.SelectMany(all => all.Values))
        {
            if (operation.RequestBody?.Content?.TryGetValue("application/json", out var body) is true && body.Schema is { } schema)
                Close(schema);
        }
    }

    private static void Close(IOpenApiSchema schema)
    {
        if ((schema as OpenApiSchemaReference)?.RecursiveTarget is { } target)
            schema = target;
        if (schema is not OpenApiSchema { AdditionalPropertiesAllowed: true } own)
            return;
        if (own.Properties is { Count: > 0 } && own.AdditionalProperties is null)
            own.AdditionalPropertiesAllowed = false;
        foreach (var inner in own.Properties?.Values ?? [])
            Close(inner);
        if (own.Items is { } items)
            Close(items);
    }
}
