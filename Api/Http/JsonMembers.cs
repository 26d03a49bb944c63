using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ingestion.Api.Problems;

namespace Ingestion.Api.Http;

/// <summary>
/// Finds members of a body that nothing would read: a client that sends one expects something of it. The framework's reader can refuse them too, but gives the
/// member and the reason in a text for people only. So this walk alone refuses them, and types of bodies set none of the reader's options.
/// </summary>
internal static class JsonMembers
{
    /// <summary>The first member that the type does not have, or that is there twice; null when there is none, or the body is no JSON.</summary>
    public static Problem? FindWrong(ReadOnlySpan<byte> utf8, JsonTypeInfo type)
    {
        var reader = new Utf8JsonReader(utf8);
        try
        {
            return reader.Read() ? FindWrong(ref reader, type, "$") : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Problem? FindWrong(ref Utf8JsonReader reader, JsonTypeInfo? type, string at)
    {
        switch (reader.TokenType, type?.Kind)
        {
            case (JsonTokenType.StartObject, JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary):
                return FindWrongMember(ref reader, type!, at);
            case (JsonTokenType.StartArray, JsonTypeInfoKind.Enumerable):
                return FindWrongItem(ref reader, type!, at);
            default:
                // A plain value, any JSON, or of a wrong kind, which the reader refuses.
                reader.Skip();
                return null;
        }
    }

    private static Problem? FindWrongMember(ref Utf8JsonReader reader, JsonTypeInfo type, string at)
    {
        var seen = new HashSet<string>(ComparerOf(type));
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (NameOf(ref reader) is not { } name)
                return Problem.JsonInvalid.At(at);
            var place = at + Step(name);
            if (TypeOf(type, name) is not { } inner)
                return Problem.JsonMemberUnknown.At(place);
            if (!seen.Add(name))
                return Problem.JsonMemberRepeated.At(place);
            if (!reader.Read())
                return null;
            if (FindWrong(ref reader, TypeInfo(type, inner), place) is { } wrong)
                return wrong;
        }

        return null;
    }

    /// <summary>Null where it is no text, such as half of a surrogate pair.</summary>
    private static string? NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static Problem? FindWrongItem(ref Utf8JsonReader reader, JsonTypeInfo type, string at)
    {
        for (var index = 0; reader.Read() && reader.TokenType is not JsonTokenType.EndArray; index++)
        {
            if (FindWrong(ref reader, TypeInfo(type, type.ElementType!), $"{at}[{index}]") is { } wrong)
                return wrong;
        }

        return null;
    }

    /// <summary>The type of a member; null when there is no such member.</summary>
    private static Type? TypeOf(JsonTypeInfo type, string name) => type.Kind is JsonTypeInfoKind.Dictionary
        ? type.ElementType
        : type.Properties.FirstOrDefault(property => ComparerOf(type).Equals(property.Name, name))?.PropertyType;

    private static JsonTypeInfo? TypeInfo(JsonTypeInfo outer, Type type) =>
        outer.Options.TryGetTypeInfo(Nullable.GetUnderlyingType(type) ?? type, out var info) ? info : null;

    private static StringComparer ComparerOf(JsonTypeInfo type) =>
        type.Kind is JsonTypeInfoKind.Object && type.Options.PropertyNameCaseInsensitive ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>As the framework writes places: <c>.name</c>, or <c>['a name']</c>.</summary>
    private static string Step(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
        ? "." + name
        : $"['{name.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}']";
}
