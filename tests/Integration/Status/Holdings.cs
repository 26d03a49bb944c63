using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Status;

/// <summary>What one subscriber holds after all of its connections: events by their place in the journal, and the snapshots that stand for others.</summary>
internal sealed class Holdings
{
    private readonly List<(long Offset, string Id, string State)> _events = [];
    private readonly List<(long After, long Upto, List<(string Channel, string Id, string State)> Latest)> _snapshots = [];
    private readonly List<(string Channel, string Id, string State)> _parts = [];

    /// <summary>The last cursor; null before the first.</summary>
    public string? Last { get; private set; }

    public long Offset { get; private set; }

    public int Snapshots => _snapshots.Count;

    /// <summary>A journalled event. False when it was seen before and is dropped.</summary>
    public bool Take(Frame e)
    {
        if (e.Offset <= Offset)
            return false;
        _events.Add((e.Offset, e.EventId!, e.State!));
        (Last, Offset) = (e.Cursor, e.Offset);
        return true;
    }

    /// <summary>A subscription starts: a snapshot that broke off counts for nothing.</summary>
    public void Begin() => _parts.Clear();

    /// <summary>The latest state of each video, once the last part of them is there: it stands for all that the subscriber has missed.</summary>
    public void TakeSnapshot(Frame snapshot)
    {
        _parts.AddRange(snapshot.Json.GetProperty("data").EnumerateArray()
            .Select(video => (video.GetProperty("ch").GetString()!, video.GetProperty("id").GetString()!, video.GetProperty("state").GetString()!)));
        if (!snapshot.Json.GetProperty("fin").GetBoolean())
            return;
        _snapshots.Add((Offset, snapshot.Offset, [.. _parts]));
        Begin();
        (Last, Offset) = (snapshot.Cursor, Math.Max(Offset, snapshot.Offset));
    }

    /// <summary>It has reached the end, and every terminal event was delivered once and in order, or a correct snapshot replaced it.</summary>
    public void Verify(IReadOnlyList<JournalEntry> journal)
    {
        Assert.Equal(journal.Count, Offset);
        Assert.All(_events, held => Assert.Equal((
            held.Offset, journal[(int)held.Offset - 1].Event.Id, journal[(int)held.Offset - 1].Event.Status.WireName), held));
        foreach (var (after, upto, latest) in _snapshots)
        {
            var right = LatestOf(journal.Take((int)upto)).ToArray();
            Assert.Equal(
                right.Where(video => !video.IsDeleted).Select(video => video.Delivered),
                latest.Where(delivered => delivered.State != VideoStatus.Deleted.WireName));
            // Of the videos that it may have held. It may have been further back at the request than at the answer.
            var gone = latest.Where(delivered => delivered.State == VideoStatus.Deleted.WireName).ToArray();
            Assert.Subset(right.Where(video => video.IsDeleted).Select(video => video.Delivered).ToHashSet(), gone.ToHashSet());
            if (after > 0)
                Assert.Subset(gone.ToHashSet(), right.Where(video => video.IsDeleted && video.Offset > after).Select(video => video.Delivered).ToHashSet());
        }

        var terminal = journal.Where(entry => entry.Event.Status.IsTerminal && !_snapshots.Any(shot => shot.After < entry.Offset && entry.Offset <= shot.Upto));
        var held = _events.Where(held => journal[(int)held.Offset - 1].Event.Status.IsTerminal);
        Assert.Equal(terminal.Select(entry => (entry.Offset, entry.Event.Id)), held.Select(held => (held.Offset, held.Id)));
    }

    private static IEnumerable<(long Offset, bool IsDeleted, (string Channel, string Id, string State) Delivered)> LatestOf(
        IEnumerable<JournalEntry> entries) => entries
        .GroupBy(entry => entry.Event.VideoId)
        .Select(video => video.Last())
        .OrderBy(last => last.Offset)
        .Select(last => (last.Offset, last.Event.Status is VideoStatus.Deleted, ($"video:{last.Event.VideoId}", last.Event.Id, last.Event.Status.WireName)));
}
