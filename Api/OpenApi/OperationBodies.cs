using Microsoft.OpenApi;

namespace Ingestion.Api.OpenApi;

/// <summary>Bodies of bytes.</summary>
internal static class OperationBodies
{
    public static OpenApiRequestBody Of(ByteContent bytes)
    {
        var content = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary", Description = bytes.Description };
        IOpenApiSchema schema = bytes.FormField is not { } field
            ? content
            : new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema> { [field] = content },
                Required = new HashSet<string> { field },
            };
        return new OpenApiRequestBody
        {
            Description = bytes.Description,
            Required = bytes.FormField is not null,
            Content = bytes.MediaTypes.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = schema }),
        };
    }
}
