using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Grains.Uploads;

/// <summary>The events of an upload.</summary>
internal sealed partial class UploadGrain
{
    private Task _createdPublished = Task.CompletedTask;

    private static VideoStatus StatusOf(UploadState state) => state switch
    {
        UploadState.Expired => VideoStatus.Expired,
        UploadState.Failed => VideoStatus.Failed,
        _ => VideoStatus.Cancelled,
    };

    /// <summary>The ids of an upload's events follow from its own, so that an event that is published twice is one event.</summary>
    private StatusEvent Created(UploadManifest manifest) =>
        new($"{Id}-created", Id, VideoStatus.Receiving, manifest.CreatedAt, OfUpload: true)
        {
            Tenant = manifest.Tenant, Facts = FactsOf(manifest, withMetadata: false),
        };

    private static VideoFacts FactsOf(UploadManifest m, bool withMetadata) =>
        new(m.Owner, m.FileName, m.Caller?.ExternalId, m.Length, Metadata: withMetadata ? VideoFacts.Small(m.Caller?.Metadata) : null);

    private Task PublishAsync(IReadOnlyList<StatusEvent> events, bool redelivery) =>
        Manifest.Kind is UploadKind.Partial ? Task.CompletedTask : GrainFactory.GetGrain<IStatusGrain>(Manifest.Owner).PublishAsync(events, redelivery);

    /// <summary>
    /// The first event if it could not be published, null otherwise. A form waits for its first event only before it publishes the next one, and
    /// then publishes both.
    /// </summary>
    private async Task<StatusEvent?> FindUnpublishedAsync()
    {
        try
        {
            await _createdPublished;
            return null;
        }
#pragma warning disable CA1031 // A first event that can't be published must not keep the upload from its end.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnpublished(e, Id);
            return Created(Manifest);
        }
    }
}
