using System.Globalization;
using System.Text;

namespace Ingestion.Api.Auth;

/// <summary>Which texts can be a user id.</summary>
internal static class Subject
{
    private const int Longest = 128;

    /// <summary>
    /// It becomes a grain's key and is shown to people. So it is not blank, and nothing in it is invisible: two users whose ids look the same
    /// because of a blank at the end or a zero-width character would be taken for each other. Letters that merely look alike pass.
    /// </summary>
    public static bool IsValid(string? text)
    {
        if (text is not { Length: > 0 and <= Longest } || char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1])
            || Encoding.UTF8.GetByteCount(text) > 2 * Longest)
            return false;
        foreach (var rune in text.EnumerateRunes())
        {
            // Half a surrogate pair is read as the replacement character.
            if (rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                return false;
        }

        return true;
    }
}
