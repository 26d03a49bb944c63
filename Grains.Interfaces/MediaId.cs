using System.Diagnostics.CodeAnalysis;

namespace Ingestion;

/// <summary>
/// The one id of an upload, its task and its video: a version 7 GUID as 32 lowercase hex digits, so that ids sort by creation time.
/// It is safe in paths, object keys and URLs by construction, which is why nothing else is accepted from outside.
/// </summary>
public static class MediaId
{
    /// <summary>Characters in an id.</summary>
    public const int Length = 32;

    /// <summary>Its shape as a regular expression.</summary>
    public const string Pattern = "^[0-9a-f]{32}$";

    /// <summary>A new id at the given time.</summary>
    public static string New(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N");

    /// <summary>Whether <paramref name="text"/> has the shape of an id; says nothing about its existence.</summary>
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
