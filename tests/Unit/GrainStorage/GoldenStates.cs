using System.Collections.Immutable;
using Ingestion.Auth;
using Ingestion.Backends.JobQueue;
using Ingestion.Grains.Auth;
using Ingestion.Grains.Creations;
using Ingestion.Grains.Silos.Recycling;
using Ingestion.Grains.Status;
using Ingestion.Grains.Status.Places;
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
    private const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static readonly DateTimeOffset _at = new(2026, 3, 4, 5, 6, 7, 890, TimeSpan.Zero);

    private static readonly VideoError _error = new("media_unreadable", "It can't be read.");

    private static readonly StatusEvent _notice = new("hook-1-disabled-1", "", default, _at)
    {
        Webhook = new WebhookNotice("hook-1", WebhookNotice.DisabledType, WebhookNotice.Failing, _at.AddDays(-5), 7),
    };

    private static readonly StatusEvent _event = new(
        "event-1", "video-1", VideoStatus.Failed, _at.AddHours(1), Percent: 40, ReceivedBytes: 1L << 40, _error, OfUpload: true);

    private static readonly CallerData _caller = new("order-42", new Dictionary<string, string> { ["title"] = "Ferien \"2026\"" });

    private static readonly StatusEvent _changed = _event with
    {
        Tenant = "acme",
        OfChange = true,
        Facts = new VideoFacts("ann", "cät.mp4", "order-42", 1L << 41, 2.5, 320, 180, HasPoster: true, _caller.Metadata),
    };

    private static readonly VideoProgress _progress = new(ProcessingStep.Poster, 60, Attempt: 2, _at.AddMinutes(3));

    private static readonly StatusEvent _progressed = _event with { Progress = _progress };

    public static IReadOnlyDictionary<string, object> All { get; } = new Dictionary<string, object>
    {
        ["video"] = Video(),
        ["video-closed"] = new VideoState { ClosedAt = _at, Removed = true },
        ["upload"] = Upload(),
        ["quota"] = Quota(),
        ["acknowledged"] = new AcknowledgedState { Cursor = new Cursor("k7", 1L << 40), Events = [3, 1L << 41] },
        ["places"] = new PlacesState { Silos = [new PlacesOfSilo("10.0.0.1:11111@7", 3, 1), new PlacesOfSilo("10.0.0.2:11111@8", 2, 2)] },
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
        ["video-media"] = Video() with { Record = Video().Record! with { Media = Media() with { Decoded = null } } },
        ["video-media-2"] = Video() with { Record = Video().Record! with { Media = Media() } },
        ["video-digest"] = Video() with { Record = Video().Record! with { Sha256 = new string('a', 64) } },
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
        ["video-shared-play"] = Video() with { Shares = [new VideoShare("share-1", _at, _at.AddDays(7), "token-1", MayPlay: true)] },
        ["webhooks-made-by"] = new WebhookList
        {
            Webhooks = [.. Webhooks().Webhooks.Select(webhook => webhook with { Wish = webhook.Wish with { MadeBy = "token-1" } })],
        },
        ["webhooks-media"] = new WebhookList
        {
            Webhooks = [.. Webhooks().Webhooks.Select(webhook => webhook with { Wish = webhook.Wish with { ShowsMedia = true } })],
        },
        ["webhooks-pulled"] = new WebhookList { Webhooks = [.. Webhooks().Webhooks.Select(Pulled)] },
        ["webhooks-changed"] = new WebhookList { Webhooks = [.. Webhooks().Webhooks.Select(Changed)], Notices = [_notice] },
        ["webhook-deliveries-failing"] = QueuedDeliveries() with
        {
            FailingSince = _at.AddDays(-2),
            Log = [.. QueuedDeliveries().Log.Select(line => line with { Cursor = new Cursor("k7", 5), Owner = "ann" })],
        },
        ["held-segment-trace"] = new LogSegment<HeldEvent> { Items = [new HeldEvent(new Cursor("k7", 10), _event with { TraceParent = Trace }, "ann"), null] },
        ["held-segment-webhook"] = new LogSegment<HeldEvent> { Items = [new HeldEvent(new Cursor("k7", 10), _notice, "ann"), null] },
        ["video-notice"] = Video() with { Outbox = [_notice] },
        ["journal-segment-trace"] = new LogSegment<StatusEvent>
        {
            Items = [_event with { TraceParent = Trace }, null],
        },
        ["journal-segment-webhook"] = new LogSegment<StatusEvent> { Items = [_notice, null] },
        ["deny-list"] = new DenyListState
        {
            Version = 1L << 40,
            Denials = [new Denial("denial-1", "token-1", "ann", _at.AddDays(-1), _at, _at.AddDays(1)) { IsErasure = true }],
        },
        ["video-caller"] = Video() with
        {
            Record = Video().Record! with { Tenant = "acme", Caller = _caller },
            Outbox = [_changed],
            Shares = [new VideoShare("share-1", _at, _at.AddDays(7), "token-1")],
            ExternalPosition = 19,
            Unlisted = [new ListedAs("order-41", 18)],
        },
        ["video-processing"] = Video() with { Record = Video().Record! with { Progress = _progress }, AttemptsFrom = 3, Outbox = [_progressed] },
        ["journal-segment-4"] = new LogSegment<StatusEvent> { Items = [_progressed, null] },
        ["held-segment-3"] = new LogSegment<HeldEvent> { Items = [new HeldEvent(new Cursor("k7", 10), _progressed, "ann"), null] },
        ["upload-kept-lease"] = Upload() with { KeptLease = 1L << 50 },
        ["upload-caller"] = Upload() with { Tenant = "acme", Caller = _caller },
        ["journal-segment-3"] = new LogSegment<StatusEvent> { Items = [_changed, null] },
        ["held-segment-2"] = new LogSegment<HeldEvent> { Items = [new HeldEvent(new Cursor("k7", 10), _changed, "ann"), null] },
        ["creation-key"] = new CreationKeyState { Fingerprint = "f1", Id = "id-1", IsMade = true, ExpiresAt = _at.AddDays(1) },
        ["creation-key-attempt"] = new CreationKeyState { Fingerprint = "f1", Id = "id-1", Attempt = 1L << 40, ExpiresAt = _at.AddDays(1) },
        ["broadcasts"] = new BroadcastLogState { End = 1L << 40, Items = [new BroadcastItem(7, "role:editor", "broadcast-1", _at, """{"text":"ä"}""")] },
        ["recycle-lease"] = new RecycleLeaseState { Holder = new RecycleHolder("seat-1", "S10.0.0.1:11111:7", "memory", _at.AddMinutes(3)) },
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

    private static MediaInfo Media() => new(2.5, 180, 320, "mov", "hevc", "aac")
    {
        CodedWidth = 320,
        CodedHeight = 180,
        Rotation = 90,
        SampleAspectRatio = "1:1",
        AspectRatio = "9:16",
        FrameRate = 23.976,
        BitRate = 1L << 33,
        PixelFormat = "yuv420p10le",
        BitDepth = 10,
        ColorPrimaries = "bt2020",
        ColorTransfer = "smpte2084",
        ColorMatrix = "bt2020nc",
        ColorRange = "limited",
        Hdr = "pq",
        Profile = "Main 10",
        Interlaced = true,
        AudioChannels = 2,
        AudioSampleRate = 48_000,
        Tracks = [new MediaTrack("audio", "aac", "deu", IsDefault: true, IsForced: true, 2, 48_000)],
        RecordedAt = _at,
        Warnings = ["media_truncated"],
        Decoded = "sampled",
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

    private static Webhook Pulled(Webhook webhook) =>
        webhook with { Wish = webhook.Wish with { Url = "", When = WebhookWhen.Always, IsPulled = true }, Secret = "", OldSecrets = [] };

    private static Webhook Changed(Webhook webhook) => webhook with
    {
        Wish = webhook.Wish with { Description = "orders", Videos = ["video-1"], Headers = [new WebhookHeader("X-Key", "sealed:1:a:b")] },
        DisabledReason = WebhookNotice.Failing,
        DeadNoticeAt = _at.AddDays(1),
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
