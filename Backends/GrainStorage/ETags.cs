using System.Globalization;
using System.Text;

namespace Ingestion.Backends.GrainStorage;

/// <summary>ETags of state files: a counter, kept at the very start of the file as <c>{"eTag":"7",</c>.</summary>
internal static class ETags
{
    private static ReadOnlySpan<byte> Prefix => "{\"eTag\":\""u8;

    public static string Next(string? current) =>
        current is null ? "1" : (long.Parse(current, NumberStyles.None, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>The tag in the first bytes of a file; null when they are not a state file's.</summary>
    public static string? FromStartOf(ReadOnlySpan<byte> start)
    {
        if (!start.StartsWith(Prefix))
            return null;
        var tag = start[Prefix.Length..];
        var end = tag.IndexOf((byte)'"');
        return end > 0 ? Encoding.ASCII.GetString(tag[..end]) : null;
    }
}
