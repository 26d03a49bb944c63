using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Ingestion.Api.OpenApi;

/// <summary>Parameters of an operation.</summary>
internal static class OperationParameters
{
    private static readonly Parameter _id = new("path", "id", "The id of the upload, its task and its video, or of the webhook.") { Pattern = MediaId.Pattern };

    public static void Apply(OpenApiOperation operation, string path, IEnumerable<Parameter> parameters)
    {
        var all = operation.Parameters ??= [];
        var own = parameters.ToArray();
        if (path.Contains("{id}", StringComparison.Ordinal) && !own.Any(parameter => parameter.Name == _id.Name))
            own = [_id, .. own];
        foreach (var parameter in own)
        {
            var at = all.TakeWhile(other => other.Name != parameter.Name).Count();
            if (at < all.Count)
                all[at] = Of(parameter);
            else
                all.Add(Of(parameter));
        }
    }

    private static OpenApiParameter Of(Parameter parameter)
    {
        var place = parameter.In switch { "path" => ParameterLocation.Path, "query" => ParameterLocation.Query, _ => ParameterLocation.Header };
        return new OpenApiParameter
        {
            Name = parameter.Name,
            In = place,
            Description = parameter.Description,
            Required = parameter.IsRequired || place is ParameterLocation.Path,
            Schema = new OpenApiSchema
            {
                Type = parameter.Type == "integer" ? JsonSchemaType.Integer : JsonSchemaType.String,
                Pattern = parameter.Pattern,
                Minimum = parameter.Minimum?.ToString(CultureInfo.InvariantCulture),
                Maximum = parameter.Maximum?.ToString(CultureInfo.InvariantCulture),
                Default = parameter.Default is { } preset ? JsonValue.Create(preset) : null,
            },
        };
    }
}
