using System.Collections.Immutable;
using Ingestion.Auth;
using Ingestion.Backends.JobQueue;
using Ingestion.Grains.Auth;
using Ingestion.Grains.Status;
using Ingestion.Grains.Storage;
using Ingestion.Grains.Uploads;
using Ingestion.Grains.Users;
using Ingestion.Grains.Videos;
using Ingestion.Grains.Webhooks;
using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Unit.GrainStorage;

/// <summary>
/// What each file in <c>Golden/</c> holds. An older build wrote the files; they are never written again: a member that is renamed here must not
/// be renamed there, and so fails. A new member gets a second file of the same type, with its own line here.
/// </summary>
internal static class GoldenStates
{
    private static readonly DateTimeOffset _at = new(2026, 3, 4, 5, 6, 7, 890, TimeSpan.Zero);

    private static readonly VideoError _error = new("media_unreadable", "It can't be read.");

    private static readonly StatusEvent _event = new(
        "event-1", "video-1", VideoStatus.Failed, _at.AddHours(1), Percent: 40, ReceivedBytes: 1L << 40, _error, OfUpload: true);

    public static IReadOnlyDictionary<string, object> All { get; } = new Dictionary<string, object>
    {
        ["video"] = Video(),
        ["video-closed"] = new VideoState { ClosedAt = _at, Removed = true },
        ["upload"] = Upload(),
        ["quota"] = Quota(),
        ["acknowledged"] = new AcknowledgedState { Cursor = new Cursor("k7", 1L << 40), Events = [3, 1L << 41] },
        ["log-head"] = new LogHead { Epoch = "k7", First = 3, Last = 1L << 40, Ends = [5, 1L << 41] },
        ["journal-segment"] = new LogSegment<StatusEvent> { Items = [_event, null, _event with { Id = "event-3" }] },
        ["library-segment"] = new LogSegment<string> { Items = ["video-1", null, "video-3"] },
        ["due-index"] = new UploadIndexState { Buckets = [new IndexBucket(1_772_600_767, 1, 2), new IndexBucket(1_772_600_827, 3, 4)] },
        ["due-page"] = new IndexPage { UploadIds = ["upload-1", "upload-2"] },
        ["state-identity"] = new StateIdentityState { Id = "0a1b2c3d4e5f60718293a4b5c6d7e8f9" },
        ["webhooks"] = Webhooks(),
        ["webhook-deliveries"] = Deliveries(),
        ["webhook-deliveries-2"] = QueuedDeliveries(),
        ["held-segment"] = new LogSegment<HeldEvent> { Items = [new HeldEvent(new Cursor("k7", 10), _event with { Tenant = "acme" }, "ann"), null] },
        ["handover"] = new HandoverState { Targets = [new HandedOver("ann", new Cursor("k7", 1L << 40))] },
        ["shared-webhooks"] = new SharedWebhookList { Keys = [new SharedWebhookKey(WebhookKey.OfTenant("acme"), _at)] },
        ["video-2"] = Video() with { Record = Video().Record! with { Tenant = "acme" },
        Outbox = [_event with { Tenant = "acme" }, _event with { Id = "event-2", Tenant = "acme" }] },
        ["upload-2"] = Upload() with { Tenant = "acme" },
        ["upload-joined"] = Upload() with
        {
            Pieces = [new UploadPiece("piece-1", 1L << 41), new UploadPiece("piece-2", 5)],
            JoinedInto = "final-1",
            IsSpent = true,
        },
        ["journal-segment-2"] = new LogSegment<StatusEvent> { Items = [_event with { Tenant = "acme" }, null] },
        ["video-shared"] = Video() with { Shares = [new VideoShare("share-1", _at, _at.AddDays(7), "token-1"),
        new VideoShare("share-2", _at, _at.AddDays(8), MadeBy: null)] },
        ["webhooks-made-by"] = new WebhookList
        {
            Webhooks = [.. Webhooks().Webhooks.Select(webhook => webhook with { Wish = webhook.Wish with { MadeBy = "token-1" } })],
        },
        ["deny-list"] = new DenyListState
        {
            Version = 1L << 40,
            Denials = [new Denial("denial-1", "token-1", "ann", _at.AddDays(-1), _at, _at.AddDays(1)) { IsErasure = true }],
        },
        ["broadcasts"] = new BroadcastLogState { End = 1L << 40, Items = [new BroadcastItem(7, "role:editor", "broadcast-1", _at, """{"text":"ä"}""")] },
        ["erasure"] = new ErasureState { User = "ann", BegunAt = _at, EndedAt = _at.AddMinutes(1), Videos = 3, Uploads = 4, Webhooks = 5 },
    };

    private static VideoState Video() => new()
    {
        Record = new VideoRecord(
            "video-1", "ann", VideoStatus.Ready, "cät \"1\".mp4", "video/mp4", 1L << 41, _at, _at.AddMinutes(1),
            new MediaInfo(2.5, 320, 180, "mov,mp4", "h264", "aac"), ProcessingDepth.SourceOnly, HasPoster: true, _error),
        Outbox = [_event, _event with { Id = "event-2" }],
        JobPending = true,
        LibraryPosition = 17,
        ClaimEpoch = 5,
        ClaimedBy = "silo/S127.0.0.1:11111:1",
        ClaimUntil = _at.AddMinutes(2),
        Deleting = true,
    };

    private static UploadManifest Upload() => new()
    {
        State = UploadState.Ending,
        Owner = "ann",
        Kind = UploadKind.Direct,
        FileName = "cät.mp4",
        ContentType = "video/mp4",
        Length = long.MaxValue,
        Metadata = "filename Y2F0,note",
        Concat = "partial",
        Plan = new PartPlan(9, 2),
        StoreUploadId = "handle",
        Parts = [new UploadPart(1, 7, 9, "tag-1"), new UploadPart(2, 16, 4, "tag-2")],
        Tail = new UploadTail(20, 3, "tail-1"),
        Head = new byte[] { 1, 2, 255 },
        CreatedAt = _at,
        TouchedAt = _at.AddDays(1),
        TimeToLive = TimeSpan.FromMinutes(90),
        EndsAs = UploadState.Failed,
        Error = _error,
        FinalLength = 1L << 42,
        MustBeKnown = true,
        Digest = new SourceDigest("sha-256", new byte[] { 3, 4, 254 }),
    };

    private static QuotaState Quota() => new()
    {
        TotalBytes = 1L << 43,
        Day = new DateOnly(2026, 3, 4),
        DayBytes = 1L << 42,
        Reservations = ImmutableDictionary<string, QuotaReservation>.Empty.Add("upload-1", new QuotaReservation(12_345, _at)),
        Committed = ["upload-2", "upload-3"],
        Returned = ["video-4", "video-5"],
    };

    private static WebhookList Webhooks() => new()
    {
        Webhooks =
        [
            new Webhook("hook-1", new NewWebhook("https://example.org/hook?a=1&b", ["video.ready"], WebhookWhen.Unacknowledged), _at, new Cursor("k7", 9),
                "whsec_new")
            {
                OldSecrets = [new OldSecret("whsec_old", _at.AddDays(1))],
                DisabledAt = _at.AddDays(2),
            },
        ],
        Listed = true,
    };

    private static DeliveryState QueuedDeliveries() => new()
    {
        Cursor = new Cursor("k7", 11),
        Floor = 1L << 40,
        Done = [(1L << 40) + 2],
        Retries = [new DeliveryRetry((1L << 40) + 1, 3, _at)],
        DeadFloor = 7,
        Missed = 9,
        Gap = new DeliveryGap(5, 1L << 40, new Cursor("k7", 2), new Cursor("k7", 6), "ann", _at, 2, _at.AddMinutes(5)),
        Log = [new DeliveryAttempt("event-8", "video.failed", _at, 12, DeliveryOutcome.Missed, 503, "connection_refused", _at.AddMinutes(3))],
    };

    private static DeliveryState Deliveries() => new()
    {
        Cursor = new Cursor("k7", 11),
        Pending = [new PendingDelivery(new Cursor("k7", 10), _event, 3, _at)],
        DeadLetters = [new PendingDelivery(new Cursor("k7", 8), _event with { Id = "event-8" }, 12, _at.AddDays(-1))],
        Log = [new DeliveryAttempt("event-8", "video.failed", _at, 12, DeliveryOutcome.Dead, 503, "connection_refused", _at.AddMinutes(3))],
    };
}
