namespace Ingestion.Api.Uploads;

/// <summary>The name a client gave its file: kept for display and downloads, never used to name anything here.</summary>
internal static class FileName
{
    private const int Longest = 255;

    /// <summary>The last path segment without control characters, shortened; null when nothing is left.</summary>
    public static string? Clean(string? given)
    {
        if (given is null)
            return null;
        var name = given[(given.LastIndexOfAny(['/', '\\']) + 1)..];
        var kept = string.Concat(name.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))).Trim();
        return kept.Length == 0 ? null : kept[..Math.Min(kept.Length, Longest)];
    }
}
