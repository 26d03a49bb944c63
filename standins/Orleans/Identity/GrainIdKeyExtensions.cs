using System.Globalization;

namespace Orleans.Runtime;

/// <summary>How integers and Guids are written as grain keys: hexadecimal, with "+extension" for compound keys.</summary>
internal static class GrainIdKeyExtensions
{
    public static IdSpan CreateIntegerKey(long key) => IdSpan.Create(key.ToString("X", CultureInfo.InvariantCulture));

    public static IdSpan CreateIntegerKey(long key, string? keyExtension) =>
        string.IsNullOrWhiteSpace(keyExtension) ? CreateIntegerKey(key) : IdSpan.Create($"{key:X}+{keyExtension}");

    public static IdSpan CreateGuidKey(Guid key) => IdSpan.Create(key.ToString("N"));

    public static IdSpan CreateGuidKey(Guid key, string? keyExtension) =>
        string.IsNullOrWhiteSpace(keyExtension) ? CreateGuidKey(key) : IdSpan.Create($"{key:N}+{keyExtension}");

    public static bool TryGetIntegerKey(this GrainId grainId, out long key, out string? keyExt)
    {
        var text = SplitKey(grainId, out keyExt);
        return long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key);
    }

    public static bool TryGetGuidKey(this GrainId grainId, out Guid key, out string? keyExt)
    {
        var text = SplitKey(grainId, out keyExt);
        return Guid.TryParseExact(text, "N", out key);
    }

    private static string SplitKey(GrainId grainId, out string? extension)
    {
        var text = grainId.Key.ToString();
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        extension = plus < 0 ? null : text[(plus + 1)..];
        return plus < 0 ? text : text[..plus];
    }
}
