using Ingestion.Grains.Storage;
using Ingestion.Status;

namespace Ingestion.Grains.Status;

/// <summary>
/// The newest events that a new activation finds in its journal: earlier activations have put them there, and one of them may still come as if it were
/// published for the first time. Once it could come no more, nothing is kept.
/// </summary>
internal sealed class FoundEvents(SegmentedLog<StatusEvent> journal, TimeProvider time)
{
    // Bounds what a busy user's activation reads and holds: about 100 KB.
    private const int Most = 1024;

    // Much longer than any call waits, and than a frozen silo is a member.
    private static readonly TimeSpan _late = TimeSpan.FromMinutes(10);

    private readonly long _began = time.GetTimestamp();
    private HashSet<string>? _ids;
    private Task? _reading;

    /// <summary>Reads them, once. The journal must be loaded. When the newest segment is older than ten minutes nothing is read from storage.</summary>
    public Task ReadAsync()
    {
        if (_reading is null or { IsFaulted: true })
            _reading = FindAsync();
        return _reading;
    }

    public bool Contains(string id)
    {
        if (_ids is not null && time.GetElapsedTime(_began) > _late)
            _ids = null;
        return _ids?.Contains(id) is true;
    }

    private async Task FindAsync()
    {
        var (since, ids) = (time.GetUtcNow() - _late, new HashSet<string>());
        // What is in memory first.
        var (before, limit) = (journal.End + 1, Math.Max(journal.HeldItems, 1));
        while (ids.Count < Most && await journal.ReadBackwardsAsync(before, limit) is { Count: > 0 } items)
        {
            ids.UnionWith(items.Select(item => item.Item.Id));
            // Events that were published again may be older than those before them, but not a whole segment.
            if (items.All(item => item.Item.At < since))
                break;
            (before, limit) = (items[^1].Offset, StatusRules.SegmentCapacity);
        }

        if (ids.Count > 0)
            _ids = ids;
    }
}
