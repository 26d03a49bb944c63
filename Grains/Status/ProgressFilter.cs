using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Grains.Status;

/// <summary>
/// Keeps progress from contradicting what the journal has already told: progress travels another way and may come late.
/// It remembers the status of a bounded number of videos; of a forgotten one everything passes.
/// </summary>
internal sealed class ProgressFilter
{
    private const int Remembered = 256;

    private readonly Dictionary<string, VideoStatus> _statuses = [];
    private readonly Queue<string> _order = new();

    /// <summary>A journalled event.</summary>
    public void Observe(StatusEvent journalled)
    {
        if (!_statuses.ContainsKey(journalled.VideoId))
        {
            _order.Enqueue(journalled.VideoId);
            if (_order.Count > Remembered)
                _statuses.Remove(_order.Dequeue());
        }

        _statuses[journalled.VideoId] = journalled.Status;
    }

    /// <summary>Whether a progress event still fits the video's status: not after the status it belongs to.</summary>
    public bool Passes(StatusEvent progress) => !_statuses.TryGetValue(progress.VideoId, out var status) || progress.Status >= status;
}
