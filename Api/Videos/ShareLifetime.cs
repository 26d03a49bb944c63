namespace Ingestion.Api.Videos;

/// <summary>How long a share lasts: pure.</summary>
internal static class ShareLifetime
{
    /// <summary>Seconds, where the caller names none.</summary>
    public const int Usual = 86_400;

    /// <summary>
    /// The wanted time, but never beyond the right of the token that makes the share. A token with the scope <c>share</c> may give what outlasts it,
    /// up to <paramref name="longest"/>; one with <c>read</c> alone can watch until it expires, and so can the guests.
    /// </summary>
    /// <param name="wanted">What the caller wants; null: a day, or less where that is too long.</param>
    /// <param name="longest">The setting.</param>
    /// <param name="tokenExpires">When the token ends that makes the share.</param>
    /// <param name="mayOutlast">Whether the share may outlast it.</param>
    /// <param name="now">The time.</param>
    /// <returns>When the share ends; null when a share can't last so long, or not at all.</returns>
    public static DateTimeOffset? EndOf(TimeSpan? wanted, TimeSpan longest, DateTimeOffset tokenExpires, bool mayOutlast, DateTimeOffset now)
    {
        if (wanted <= TimeSpan.Zero || wanted > longest)
            return null;
        var end = now + (wanted ?? TimeSpan.FromSeconds(Math.Min(Usual, longest.TotalSeconds)));
        if (!mayOutlast && end > tokenExpires)
            end = tokenExpires;
        return end > now ? end : null;
    }
}
