using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Ingestion.Api.Uploads;

/// <summary>The name a client gave its file: kept for display and downloads, never used to name anything here.</summary>
internal static class FileName
{
    // UTF-16 units.
    private const int Longest = 255;

    /// <summary>
    /// The last path segment without controls, lone surrogates and bidirectional controls, cut between two characters where it is too long; null when
    /// nothing is left, or only the name of a folder.
    /// </summary>
    public static string? Clean(string? given)
    {
        if (given is null)
            return null;
        var name = PlainText.Clean(given[(given.LastIndexOfAny(['/', '\\']) + 1)..], Longest);
        return name is "" or "." or ".." ? null : name;
    }

    /// <summary>The name in a <c>Content-Disposition</c>, as it was sent; null when it has none.</summary>
    public static string? Of(ContentDispositionHeaderValue disposition)
    {
        if (disposition.FileNameStar.HasValue)
            return disposition.FileNameStar.Value;
        // Encoded as in mail (RFC 2047), the framework reads it.
        var value = Raw(disposition, "filename");
        return value.StartsWith("\"=?", StringComparison.Ordinal) ? disposition.FileName.Value : Unquote(value);
    }

    /// <summary>A parameter as it was sent: the framework's own properties take the quotes off and leave what they escape.</summary>
    public static StringSegment Raw(ContentDispositionHeaderValue disposition, string parameter) =>
        NameValueHeaderValue.Find(disposition.Parameters, parameter)?.Value ?? default;

    /// <summary>
    /// Without its quotes, and with <c>\"</c> and <c>\\</c> unescaped (RFC 9110, 5.6.4): the pairs that a sender needs. Any other backslash is one of a
    /// path, as some clients send it.
    /// </summary>
    public static string? Unquote(StringSegment value)
    {
        if (value is not { Length: >= 2, HasValue: true } || value[0] != '"' || value[^1] != '"')
            return value.Value;
        var text = new StringBuilder(value.Length);
        for (var at = 1; at < value.Length - 1; at++)
        {
            if (value[at] == '\\' && at + 1 < value.Length - 1 && value[at + 1] is '"' or '\\')
                at++;
            text.Append(value[at]);
        }

        return text.ToString();
    }
}
