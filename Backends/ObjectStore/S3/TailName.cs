using System.Globalization;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>Names of tails: <c>tail-{epoch}-{random}</c>, so that no two are the same and a cleanup recognises which are not its own.</summary>
internal static class TailName
{
    /// <summary>What all begin with.</summary>
    public const string Start = "tail-";

    public static string Make(long epoch) => string.Create(CultureInfo.InvariantCulture, $"{Start}{epoch}-{Guid.NewGuid():N}");

    /// <summary>Whether a lease after <paramref name="epoch"/> has stored it.</summary>
    public static bool IsNewer(string name, long epoch)
    {
        var rest = name.AsSpan(Start.Length);
        var end = rest.IndexOf('-');
        return end > 0 && long.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var stored) && stored > epoch;
    }
}
