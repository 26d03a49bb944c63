namespace Ingestion.Tests.Cluster.Checks;

/// <summary>Compares what sockets have seen with the journal, and the journal with what it may be. Each finding is a sentence.</summary>
internal static class JournalCheck
{
    // Each of them once for a video that was taken and became ready; it may be processed more than once before that.
    private static readonly string[] _once = ["uploaded", "ready"];

    /// <summary>Places without holes, no event twice, and of each of these videos every state once that happens once.</summary>
    public static IEnumerable<string> Journal(IReadOnlyList<SeenEvent> journal, IEnumerable<string> readyVideos)
    {
        foreach (var (before, after) in journal.Zip(journal.Skip(1)))
        {
            if (after.Offset != before.Offset + 1)
                yield return $"the journal goes from {before.Offset} to {after.Offset}";
        }

        foreach (var twice in journal.GroupBy(e => e.Id).Where(events => events.Count() > 1))
            yield return $"event {twice.Key} is in the journal {twice.Count()} times";
        var counts = journal.CountBy(e => (e.Video, e.State)).ToDictionary();
        foreach (var video in readyVideos)
        {
            foreach (var state in _once)
            {
                if (counts.GetValueOrDefault((video, state)) is var count && count != 1)
                    yield return $"video {video} is {state} {count} times in the journal: {StatesOf(video, journal)}";
            }
        }
    }

    /// <summary>Every event of the journal once, in order, unless a later one of the same state of its video stands for it; and no other.</summary>
    public static IEnumerable<string> Socket(IReadOnlyList<SeenEvent> seen, IReadOnlyList<SeenEvent> journal)
    {
        foreach (var (before, after) in seen.Zip(seen.Skip(1)))
        {
            if (after.Offset <= before.Offset)
                yield return $"a socket got {after} behind {before}";
        }

        var events = journal.ToDictionary(e => e.Offset);
        foreach (var wrong in seen.Where(e => !events.TryGetValue(e.Offset, out var real) || (real with { Count = e.Count }) != e))
            yield return $"a socket got {wrong}, and the journal has {events.GetValueOrDefault(wrong.Offset)}";
        foreach (var lost in journal.GroupBy(e => (e.Video, e.State)).SelectMany(same => Missed(same, seen)))
            yield return $"a socket missed {lost}";
    }

    private static string StatesOf(string video, IReadOnlyList<SeenEvent> journal) =>
        string.Join(' ', journal.Where(e => e.Video == video).Select(e => e.State));

    /// <summary>Events of one state of one video that were not seen, and that none seen later stands for.</summary>
    private static IEnumerable<SeenEvent> Missed(IEnumerable<SeenEvent> same, IReadOnlyList<SeenEvent> seen)
    {
        var places = seen.GroupBy(e => e.Offset).ToDictionary(events => events.Key, events => events.First().Count);
        var waiting = new List<SeenEvent>();
        foreach (var e in same)
        {
            waiting.Add(e);
            if (!places.TryGetValue(e.Offset, out var count))
                continue;
            foreach (var lost in waiting.SkipLast((int)count))
                yield return lost;
            waiting.Clear();
        }

        foreach (var lost in waiting)
            yield return lost;
    }
}
