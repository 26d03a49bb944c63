using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Grains.Uploads;

/// <summary>The events of an upload.</summary>
internal sealed partial class UploadGrain
{
    // Most forms are here by then, and their first two events are one write of the journal.
    private static readonly TimeSpan _company = TimeSpan.FromMilliseconds(100);

    private Task _createdPublished = Task.CompletedTask;
    private IGrainTimer? _publishing;

    // Given to the video, which may have published it since.
    private bool _createdGiven;

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

    /// <summary>The first event of a form, which waits a moment for the next one. No turn of this timer comes while a call is under way.</summary>
    private void PublishSoon() => _publishing = this.RegisterGrainTimer(
        () =>
        {
            StopWaiting();
            _createdPublished = PublishAsync([Created(Manifest)], redelivery: false);
            return Task.CompletedTask;
        },
        new GrainTimerCreationOptions(_company, Timeout.InfiniteTimeSpan));

    /// <summary>Whether the first event was still waiting. It does no more.</summary>
    private bool StopWaiting()
    {
        var waited = _publishing is not null;
        _publishing?.Dispose();
        _publishing = null;
        return waited;
    }

    /// <summary>
    /// The first event if it is not published, or if that is not certain; null otherwise. A form waits for its first event only before it publishes the
    /// next one, and then publishes both.
    /// </summary>
    private async Task<(StatusEvent? Event, bool IsNew)> FindUnpublishedAsync()
    {
        if (StopWaiting())
        {
            _createdGiven = true;
            return (Created(Manifest), true);
        }

        if (_createdGiven)
            return (Created(Manifest), false);
        try
        {
            await _createdPublished;
            return (null, false);
        }
#pragma warning disable CA1031 // A first event that can't be published must not keep the upload from its end.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnpublished(e, Id);
            return (Created(Manifest), false);
        }
    }
}
