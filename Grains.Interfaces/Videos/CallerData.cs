using System.Text;

namespace Ingestion.Videos;

/// <summary>
/// What the caller wants to travel with the video: stored as it came, shown in the record and the list, and sent with events. It means nothing here but for
/// the search by <see cref="ExternalId"/>.
/// </summary>
/// <param name="ExternalId">The caller's own id, not necessarily unique; null: none.</param>
/// <param name="Metadata">The caller's own texts by name; null: none.</param>
[GenerateSerializer, Immutable, Alias("ingestion.caller-data")]
public sealed record CallerData(
    [property: Id(0)] string? ExternalId,
    [property: Id(1)] IReadOnlyDictionary<string, string>? Metadata)
{
    /// <summary>Characters of an external id at most.</summary>
    public const int LongestExternalId = 255;

    /// <summary>Keys of the metadata at most.</summary>
    public const int MostKeys = 16;

    /// <summary>Characters of a key at most.</summary>
    public const int LongestKey = 64;

    /// <summary>Bytes of all keys and values together at most, as UTF-8.</summary>
    public const int MostBytes = 8 * 1024;

    /// <summary>Null where there is nothing at all.</summary>
    public static CallerData? Of(string? externalId, IReadOnlyDictionary<string, string>? metadata) =>
        externalId is null && metadata is not { Count: > 0 } ? null : new CallerData(externalId, metadata is { Count: > 0 } ? metadata : null);

    /// <summary>Whether it is 1 to 255 characters without controls.</summary>
    public static bool IsExternalId(string text) => IsName(text, LongestExternalId);

    /// <summary>Why the metadata are refused, in one sentence; null when they are fine.</summary>
    public static string? FaultOf(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count > MostKeys)
            return $"There are {metadata.Count} keys.";
        var bytes = 0L;
        foreach (var (key, value) in metadata)
        {
            if (!IsName(key, LongestKey))
                return $"A key has not 1 to {LongestKey} characters, or controls among them.";
            // The compiler's check does not reach what a JSON reader fills in.
            if (value is null || !IsWellFormed(value))
                return $"The value of {key} is no text.";
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }

        return bytes > MostBytes ? $"Keys and values have {bytes} bytes." : null;
    }

    /// <summary>Bytes of all keys and values as UTF-8.</summary>
    public static int SizeOf(IReadOnlyDictionary<string, string> metadata) =>
        metadata.Sum(pair => Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value));

    private static bool IsName(string text, int most)
    {
        var characters = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (++characters > most || Rune.IsControl(rune))
                return false;
        }

        return characters > 0 && IsWellFormed(text);
    }

    /// <summary>No half of a surrogate pair, which UTF-8 can't hold.</summary>
    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!Rune.TryGetRuneAt(text, i, out _))
                return false;
            i++;
        }

        return true;
    }
}
