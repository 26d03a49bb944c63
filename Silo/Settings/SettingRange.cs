using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Ingestion.Silo.Hosting;

namespace Ingestion.Silo.Settings;

/// <summary>What a setting may be, in words: for refusals, and for the table in the docs.</summary>
internal static class SettingRange
{
    /// <summary>Such as "from 1 to 300"; empty when anything of its type is taken.</summary>
    public static string Of(PropertyInfo property) =>
        property.GetCustomAttributes<ValidationAttribute>().OrderBy(attribute => attribute is RequiredAttribute).Select(Of)
            .Append(OfType(property.PropertyType)).FirstOrDefault(text => text.Length > 0) ?? "";

    private static string Of(ValidationAttribute attribute) => attribute switch
    {
        RangeAttribute range => Of(range),
        RegularExpressionAttribute choice when IsChoice(choice.Pattern) => Either(choice.Pattern.Split('|')),
        RegularExpressionAttribute pattern => $"text that matches {pattern.Pattern}",
        UrlAttribute => "an address like https://host",
        KnownRolesAttribute => string.Join(", ", Roles.All),
        RequiredAttribute => "not empty",
        // Our own attributes have the range in their message.
        _ => "",
    };

    private static string Of(RangeAttribute range)
    {
        var (least, most) = (Number(range.Minimum), Number(range.Maximum));
        return Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture) >= long.MaxValue ? $"at least {least}" : $"from {least} to {most}";
    }

    private static string OfType(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(int) || t == typeof(long) => "a whole number",
        var t when t == typeof(double) => "a number",
        { IsEnum: true } t => Either(Enum.GetNames(t)),
        _ => "",
    };

    /// <summary>Whether a pattern is a list of words.</summary>
    public static bool IsChoice(string pattern) => pattern.All(c => char.IsAsciiLetterOrDigit(c) || c is '|' or ':' or '-');

    private static string Either(string[] words) => words is [var only] ? only : $"{string.Join(", ", words[..^1])} or {words[^1]}";

    private static string Number(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
