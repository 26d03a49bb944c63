using System.Globalization;
using System.Text;

namespace Ingestion.Api.Audit;

/// <summary>Text of a caller as it may stand in a line of the audit log: pure.</summary>
internal static class AuditText
{
    private const int Longest = 300;

    /// <summary>
    /// Control, format and separator characters become <c>\uXXXX</c>, so that no text makes a line of its own or hides one. Cut when it is long.
    /// </summary>
    public static string Of(string text)
    {
        if (text.Length <= Longest && text.EnumerateRunes().All(IsPlain))
            return text;
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (safe.Length >= Longest)
                return safe.Append('…').ToString();
            if (IsPlain(rune))
                safe.Append(rune);
            else
                safe.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        }

        return safe.ToString();
    }

    private static bool IsPlain(Rune rune) =>
        rune != Rune.ReplacementChar && rune.Value != '\\' && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
