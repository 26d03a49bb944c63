using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Grains.Status;

/// <summary>
/// The last entry of each video, from entries that come newest first: of a long journal only what the answer holds stays in memory. Of deleted videos only the
/// entries after <paramref name="since"/>: a client that has been there before knows the video and not yet its end.
/// </summary>
/// <param name="videos">Only of these; null: of all.</param>
/// <param name="since">Offset at which the client has been.</param>
internal sealed class LatestPerVideo(IReadOnlyCollection<string>? videos = null, long since = long.MaxValue)
{
    private readonly HashSet<string>? _wanted = videos?.ToHashSet();
    private readonly HashSet<string> _seen = [];
    private readonly List<JournalEntry> _latest = [];

    /// <summary>Takes the next older entry; false when no older one can matter.</summary>
    public bool Add(JournalEntry entry)
    {
        // What happened to a webhook is no state of a video: who comes back later reads the webhook.
        if (entry.Event.Webhook is null && _wanted?.Contains(entry.Event.VideoId) is not false && _seen.Add(entry.Event.VideoId)
            && (entry.Event.Status is not VideoStatus.Deleted || entry.Offset > since))
            _latest.Add(entry);
        return _seen.Count != _wanted?.Count;
    }

    /// <summary>Those that were found, oldest first.</summary>
    public JournalEntry[] InOrder() => [.. Enumerable.Reverse(_latest)];
}
