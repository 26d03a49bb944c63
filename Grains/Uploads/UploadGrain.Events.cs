using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Grains.Uploads;

/// <summary>What the owner is told of an upload.</summary>
internal sealed partial class UploadGrain
{
    private Task _createdTold = Task.CompletedTask;

    private static VideoStatus StatusOf(UploadState state) => state switch
    {
        UploadState.Expired => VideoStatus.Expired,
        UploadState.Failed => VideoStatus.Failed,
        _ => VideoStatus.Cancelled,
    };

    /// <summary>The ids of an upload's events follow from its own, so that telling one again is no second event.</summary>
    private StatusEvent Created(UploadManifest manifest) => new($"{Id}-created", Id, VideoStatus.Receiving, manifest.CreatedAt, OfUpload: true);

    private Task TellAsync(IReadOnlyList<StatusEvent> events, bool redelivery) =>
        Manifest.Kind is UploadKind.Partial ? Task.CompletedTask : GrainFactory.GetGrain<IStatusGrain>(Manifest.Owner).PublishAsync(events, redelivery);

    /// <summary>
    /// A form does not wait for its first event to be stored until something is to follow it. When that has failed, whoever tells what follows
    /// tells it again.
    /// </summary>
    private async Task<StatusEvent?> FindUntoldAsync()
    {
        try
        {
            await _createdTold;
            return null;
        }
#pragma warning disable CA1031 // Whatever kept the first event from its owner must not keep the upload from its end.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUntold(e, Id);
            return Created(Manifest);
        }
    }
}
