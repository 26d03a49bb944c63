using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Grains.Status;

/// <summary>
/// Keeps progress from contradicting what the journal has already published: progress travels another way and may come late.
/// It remembers the status of a bounded number of videos; of a forgotten one everything passes.
/// </summary>
internal sealed class ProgressFilter
{
    private const int Remembered = 256;

    // Neither while nothing happens: most activations only listen.
    private Dictionary<string, VideoStatus>? _statuses;
    private Queue<string>? _order;

    /// <summary>A journalled event.</summary>
    public void Observe(StatusEvent journalled)
    {
        _statuses ??= [];
        _order ??= new Queue<string>();
        if (!_statuses.ContainsKey(journalled.VideoId))
        {
            _order.Enqueue(journalled.VideoId);
            if (_order.Count > Remembered)
                _statuses.Remove(_order.Dequeue());
        }

        _statuses[journalled.VideoId] = journalled.Status;
    }

    /// <summary>Whether a progress event still fits the video's status: not after the status it belongs to.</summary>
    public bool Passes(StatusEvent progress) =>
        _statuses is null || !_statuses.TryGetValue(progress.VideoId, out var status) || progress.Status >= status;
}
