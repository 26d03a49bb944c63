namespace Ingestion.Api.Uploads.Sessions;

/// <summary>When the progress of one upload is published: often enough for a progress bar, rarely enough to cost nothing.</summary>
internal sealed class UploadProgress
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(500);

    private readonly ProgressPublisher _publisher;
    private readonly TimeProvider _time;
    private readonly string _owner;
    private readonly string _id;
    private long _publishedAt;

    /// <summary>
    /// Begins a request that writes. A request that continues an upload publishes its progress at once: in many short requests the period would
    /// never pass.
    /// </summary>
    public UploadProgress(ProgressPublisher publisher, TimeProvider time, string owner, string id, bool goesOn)
    {
        (_publisher, _time, _owner, _id) = (publisher, time, owner, id);
        _publishedAt = goesOn ? long.MinValue / 2 : time.GetTimestamp();
    }

    /// <summary>Publishes, if it is time.</summary>
    public void Report(long receivedBytes)
    {
        if (_time.GetElapsedTime(_publishedAt) < _period)
            return;
        _publishedAt = _time.GetTimestamp();
        _publisher.Publish(_owner, _id, receivedBytes);
    }
}
