using System.Buffers;
using System.Globalization;
using System.Text;

namespace Ingestion.Api.Uploads;

/// <summary>Text of a client that people will read: all of Unicode but what is no text.</summary>
internal static class PlainText
{
    // Unicode's Bidi_Control: in a name they only make "gnp.exe" look like "exe.png". Joiners stay: emoji and Persian are written with them.
    private static readonly SearchValues<char> _directions = SearchValues.Create("\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");

    /// <summary>
    /// Without controls, lone surrogates and bidirectional controls, without blanks around it, and cut between two characters where it is longer than
    /// <paramref name="longest"/> UTF-16 units.
    /// </summary>
    public static string Clean(string text, int longest)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in Characters(text))
        {
            if (!Rune.IsControl(rune) && !(rune.IsBmp && _directions.Contains((char)rune.Value)))
                kept.Append(rune);
        }

        return Cut(kept.ToString().Trim(), longest).TrimEnd();
    }

    /// <summary>Halves of pairs are no characters.</summary>
    private static IEnumerable<Rune> Characters(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length) is OperationStatus.Done)
                yield return rune;
            at += length;
        }
    }

    /// <summary>What a reader sees as one character is kept or goes as a whole; only where that alone is too long, it is cut between code points.</summary>
    private static string Cut(string text, int longest)
    {
        if (text.Length <= longest)
            return text;
        var end = 0;
        while (StringInfo.GetNextTextElementLength(text, end) is var next && end + next <= longest)
            end += next;
        if (end == 0)
            end = char.IsLowSurrogate(text[longest]) ? longest - 1 : longest;
        return text[..end];
    }
}
