using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Grains.Status;

/// <summary>
/// What a subscription that is to be replayed has missed, from entries that come newest first. Of a long journal only what may be in the answer stays in memory.
/// </summary>
/// <param name="since">Where the client has been.</param>
/// <param name="end">Where the journal ends.</param>
/// <param name="videos">Only of these; null: of all.</param>
internal sealed class MissedEntries(Cursor since, Cursor end, IReadOnlyCollection<string>? videos = null)
{
    private readonly HashSet<string>? _wanted = videos?.ToHashSet();
    private readonly List<JournalEntry> _missed = [];
    private long _seen;

    /// <summary>Too many for a replay: the latest states are shorter and as good.</summary>
    private bool IsTooLong => _missed.Count > StatusRules.LongestReplay;

    /// <summary>Takes the next older entry; false when no older one can matter.</summary>
    public bool Add(JournalEntry entry)
    {
        if (entry.Offset <= since.Offset)
            return false;
        _seen++;
        if (_wanted?.Contains(entry.Event.VideoId) is not false)
            _missed.Add(entry);
        return !IsTooLong && entry.Offset > since.Offset + 1;
    }

    /// <summary>
    /// How the subscription starts now that they were read, and with what, oldest first: some of it may have become too old meanwhile, or be too much with the
    /// addresses that <paramref name="media"/> signs in it.
    /// </summary>
    public (SubscriptionMode Mode, JournalEntry[] Entries) ToReplay(IMediaAddresses? media = null)
    {
        if (IsTooLong)
            return (SubscriptionMode.Snapshot, []);
        if (_seen != end.Offset - since.Offset)
            return (SubscriptionMode.Reset, []);
        JournalEntry[] missed = [.. Enumerable.Reverse(_missed)];
        return ReplaySize.Of(missed, media) <= StatusRules.LargestReplay ? (SubscriptionMode.Replay, missed) : (SubscriptionMode.Snapshot, []);
    }
}
