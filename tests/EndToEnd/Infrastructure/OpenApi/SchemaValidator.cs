using System.Globalization;
using System.Text.RegularExpressions;

namespace Ingestion.Tests.EndToEnd.Infrastructure.OpenApi;

/// <summary>
/// Validates JSON by the part of JSON Schema that the document uses; a keyword beyond it fails. Stricter than the standard in one thing: a member
/// that an object's schema does not name is wrong, as a client would never see it.
/// </summary>
internal sealed class SchemaValidator(JsonElement document)
{
    private static readonly HashSet<string> _notes = ["description", "title", "default", "format", "pattern", "minimum", "maximum", "example", "examples"];

    /// <summary>Null when the value is valid; otherwise where it is not, and why.</summary>
    public string? Validate(JsonElement value, JsonElement schema) => Validate(value, schema, "$", isPart: false);

    public static JsonElement Follow(JsonElement document, string reference) =>
        reference.TrimStart('#', '/').Split('/').Aggregate(document, (element, name) => element.GetProperty(name));

    private string? Validate(JsonElement value, JsonElement schema, string at, bool isPart)
    {
        if (schema.ValueKind is JsonValueKind.True)
            return null;
        foreach (var keyword in schema.EnumerateObject())
        {
            if (Check(value, schema, keyword, at, isPart) is { } wrong)
                return wrong;
        }

        return null;
    }

    private string? Check(JsonElement value, JsonElement schema, JsonProperty keyword, string at, bool isPart) => keyword.Name switch
    {
        "$ref" => Validate(value, Follow(document, keyword.Value.GetString()!), at, isPart),
        "type" => Types(keyword.Value).Any(type => IsOf(value, type)) ? null : $"{at} is {value.ValueKind}, not {keyword.Value}",
        "enum" => keyword.Value.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value)) ? null : $"{at} is {value}, none of {keyword.Value}",
        "format" => IsFormat(value, keyword.Value.GetString()!) ? null : $"{at} is {value}, no {keyword.Value}",
        "pattern" => IsMatch(value, keyword.Value.GetString()!) ? null : $"{at} is {value}, not {keyword.Value}",
        "properties" => Members(value, schema, keyword.Value, at, isPart),
        "required" => FindMissing(value, keyword.Value) is { } missing ? $"{at}.{missing} is missing" : null,
        "items" => Items(value, keyword.Value, at),
        "additionalProperties" => null,
        "allOf" => keyword.Value.EnumerateArray().Select(part => Validate(value, part, at, isPart: true)).FirstOrDefault(wrong => wrong is not null),
        "oneOf" or "anyOf" => Choose(value, keyword.Value, at),
        var name when _notes.Contains(name) => null,
        var name => $"{at}: the validator does not know {name}",
    };

    private string? Members(JsonElement value, JsonElement schema, JsonElement properties, string at, bool isPart)
    {
        if (value.ValueKind is not JsonValueKind.Object)
            return null;
        var others = schema.TryGetProperty("additionalProperties", out var additional) ? additional : default;
        foreach (var member in value.EnumerateObject())
        {
            if (properties.TryGetProperty(member.Name, out var property))
            {
                if (Validate(member.Value, property, $"{at}.{member.Name}", isPart: false) is { } wrong)
                    return wrong;
            }
            else if (!isPart && others.ValueKind is JsonValueKind.Undefined or JsonValueKind.False)
            {
                return $"{at}.{member.Name} is not in the schema";
            }
        }

        return null;
    }

    private string? Items(JsonElement value, JsonElement schema, string at) => value.ValueKind is JsonValueKind.Array
        ? value.EnumerateArray().Select((item, index) => Validate(item, schema, $"{at}[{index}]", isPart: false)).FirstOrDefault(wrong => wrong is not null)
        : null;

    private string? Choose(JsonElement value, JsonElement choices, string at)
    {
        var wrongs = choices.EnumerateArray().Select(choice => Validate(value, choice, at, isPart: false)).ToArray();
        return wrongs.Any(wrong => wrong is null) ? null : string.Join(" and ", wrongs);
    }

    private static string? FindMissing(JsonElement value, JsonElement names) => value.ValueKind is JsonValueKind.Object
        ? names.EnumerateArray().Select(name => name.GetString()!).FirstOrDefault(name => !value.TryGetProperty(name, out _))
        : null;

    private static bool IsMatch(JsonElement value, string pattern) => value.ValueKind is not JsonValueKind.String || Regex.IsMatch(value.GetString()!, pattern);

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind is JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!) : [type.GetString()!];

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind is JsonValueKind.Object,
        "array" => value.ValueKind is JsonValueKind.Array,
        "string" => value.ValueKind is JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind is JsonValueKind.Null,
        "number" => value.ValueKind is JsonValueKind.Number,
        "integer" => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out _),
        _ => false,
    };

    private static bool IsFormat(JsonElement value, string format) => format switch
    {
        "date-time" => value.ValueKind is not JsonValueKind.String || DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, out _),
        "int32" => value.ValueKind is not JsonValueKind.Number || value.TryGetInt32(out _),
        _ => true,
    };
}
