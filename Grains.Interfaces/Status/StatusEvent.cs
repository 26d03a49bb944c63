using System.Text.Json.Serialization;
using Ingestion.Videos;

namespace Ingestion.Status;

/// <summary>How much an event matters to subscribers; chooses its lane in a socket. The numbers are on the wire.</summary>
public enum StatusPriority : byte
{
    /// <summary>Terminal states: first in, first out, never dropped.</summary>
    Critical = 0,

    /// <summary>Other states: latest wins.</summary>
    State = 1,

    /// <summary>Progress: latest wins, dropped first, never in the journal.</summary>
    Progress = 2,
}

/// <summary>Something that happened to a video.</summary>
/// <param name="Id">The event's id, the same on every transport and on every redelivery.</param>
/// <param name="VideoId">The video.</param>
/// <param name="Status">Its status after the event.</param>
/// <param name="At">When it happened.</param>
/// <param name="Percent">Progress 0–100; null where there is none.</param>
/// <param name="ReceivedBytes">Bytes so far, while receiving; null otherwise.</param>
/// <param name="Error">Why it failed; null otherwise.</param>
/// <param name="OfUpload">It happened to the upload, before there was a video.</param>
[GenerateSerializer, Immutable, Alias("ingestion.status-event")]
public sealed record StatusEvent(
    [property: Id(0)] string Id,
    [property: Id(1)] string VideoId,
    [property: Id(2)] VideoStatus Status,
    [property: Id(3)] DateTimeOffset At,
    [property: Id(4)] int? Percent = null,
    [property: Id(5)] long? ReceivedBytes = null,
    [property: Id(6)] VideoError? Error = null,
    [property: Id(7)] bool OfUpload = false)
{
    /// <summary>The tenant in whose name the video was uploaded; null: none.</summary>
    [Id(8)]
    public string? Tenant { get; init; }

    /// <summary>What it carries of the video; null in progress, and in events of older builds.</summary>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VideoFacts? Facts { get; init; }

    /// <summary>The owner has changed the record; the status is as it was before.</summary>
    [Id(10), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OfChange { get; init; }

    /// <summary>Of progress of processing: the step and the attempt; null elsewhere.</summary>
    [Id(20), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VideoProgress? Progress { get; init; }

    /// <summary>
    /// The span in which it was published, as the header field <c>traceparent</c> of W3C Trace Context writes it; null where the silo records no traces.
    /// </summary>
    [Id(21), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceParent { get; init; }

    /// <summary>What happened to a webhook of the user; null: the event is of a video. With it there is neither a video nor a status.</summary>
    [Id(30), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WebhookNotice? Webhook { get; init; }

    /// <summary>What stays of it once its video is removed: what happened, and when. Other events stay as they are.</summary>
    public StatusEvent Forget(string videoId) => VideoId == videoId && Facts is not null ? this with { Facts = null } : this;

    /// <summary>Name of what happened: <c>upload.*</c> until the last byte has come, <c>video.*</c> from then on; <c>webhook.*</c> of a webhook.</summary>
    public string TypeOf(StatusPriority priority) => Webhook is { } notice ? notice.Type : (priority, Status) switch
    {
        (StatusPriority.Progress, VideoStatus.Receiving) => "upload.progress",
        (StatusPriority.Progress, _) => "video.progress",
        _ when OfChange => "video.updated",
        (_, VideoStatus.Receiving) => "upload.created",
        (_, VideoStatus.Uploaded) => "upload.completed",
        (_, VideoStatus.Cancelled) => "upload.cancelled",
        (_, VideoStatus.Expired) => "upload.expired",
        (_, VideoStatus.Failed) when OfUpload => "upload.failed",
        _ => $"video.{Status.WireName}",
    };

    /// <summary>The lane of a journalled event.</summary>
    public StatusPriority JournalPriority =>
        Webhook is not null || (Status.IsTerminal && !OfChange) ? StatusPriority.Critical : StatusPriority.State;
}

/// <summary>An event at its place in a user's journal.</summary>
/// <param name="Offset">1 for the journal's first event; without gaps.</param>
/// <param name="Event">The event.</param>
[GenerateSerializer, Immutable, Alias("ingestion.journal-entry")]
public sealed record JournalEntry([property: Id(0)] long Offset, [property: Id(1)] StatusEvent Event);
