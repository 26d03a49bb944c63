using System.Diagnostics.CodeAnalysis;

namespace Ingestion;

/// <summary>
/// The one id of an upload, its task and its video: a GUID as 32 lowercase hex digits, which begins with its time, so that ids sort by creation.
/// It is safe in paths, object keys and URLs by construction, which is why nothing else is accepted from outside.
/// </summary>
/// <remarks>
/// The version digit is 7 (RFC 9562, by time), and 8 (the maker's own) in the id of a form upload. So code that finds unfinished bytes without any
/// record knows whether some of them may have been acknowledged: of a form nothing is before its object is complete.
/// </remarks>
public static class MediaId
{
    private const int VersionAt = 12;
    private const char OfForm = '8';

    /// <summary>Characters in an id.</summary>
    public const int Length = 32;

    /// <summary>Its shape as a regular expression.</summary>
    public const string Pattern = "^[0-9a-f]{32}$";

    /// <summary>A new id at the given time.</summary>
    public static string New(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N");

    /// <summary>A new id at the given time, of an upload by one form.</summary>
    public static string NewOfForm(DateTimeOffset now) => string.Create(Length, New(now), static (id, by7) =>
    {
        by7.CopyTo(id);
        id[VersionAt] = OfForm;
    });

    /// <summary>Whether the upload was made by one form. False proves nothing: older builds made all ids alike.</summary>
    public static bool IsOfForm(string id) => IsValid(id) && id[VersionAt] == OfForm;

    /// <summary>Whether <paramref name="text"/> has the shape of an id; it need not exist.</summary>
    public static bool IsValid([NotNullWhen(true)] string? text)
    {
        if (text is not { Length: Length })
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigitLower(c))
                return false;
        }

        return true;
    }
}
