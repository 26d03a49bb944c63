using Ingestion.Grains.Status;
using Ingestion.Status;

namespace Ingestion.Tests.Unit.Status;

/// <summary>Reads entries as a journal does: newest first, until no more are wanted.</summary>
internal static class JournalReads
{
    public static (SubscriptionMode Mode, JournalEntry[] Entries) Replay(
        IReadOnlyList<JournalEntry> entries, Cursor since, Cursor end, IReadOnlyList<string>? videos = null)
    {
        var missed = new MissedEntries(since, end, videos);
        Read(entries, missed.Add);
        return missed.ToReplay();
    }

    public static JournalEntry[] Latest(IReadOnlyList<JournalEntry> entries, long since = long.MaxValue)
    {
        var latest = new LatestPerVideo(since: since);
        Read(entries, latest.Add);
        return latest.InOrder();
    }

    private static void Read(IReadOnlyList<JournalEntry> entries, Func<JournalEntry, bool> wantsMore)
    {
        for (var i = entries.Count - 1; i >= 0 && wantsMore(entries[i]);)
            i--;
    }
}
