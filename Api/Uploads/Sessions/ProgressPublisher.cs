using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads.Sessions;

/// <summary>Publishes how far uploads have come, on the same stream as the progress of processing.</summary>
internal sealed class ProgressPublisher(IGrainFactory grains, TimeProvider time)
{
    /// <summary>Hands it over and does not wait: progress may be lost, and must not hold back the bytes that it is about.</summary>
    public void Publish(string owner, string uploadId, long receivedBytes)
    {
        var now = time.GetUtcNow();
        var progress = new StatusEvent(MediaId.New(now), uploadId, VideoStatus.Receiving, now, ReceivedBytes: receivedBytes, OfUpload: true);
        // One-way, and to a grain of this silo: its task is complete as soon as the message is on its way.
        grains.GetGrain<IProgressGrain>(0).PublishAsync(owner, progress).Ignore();
    }
}
