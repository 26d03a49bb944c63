using System.Text.Json;

namespace Ingestion.Api.Problems;

/// <summary>
/// Every way in which a request can be refused: the one table from outcome to stable code to status. Codes are API: add, never change.
/// </summary>
internal sealed record Problem(string Code, int Status, string Title)
{
    // Before all that use it. Trouble takes a while, and what retries sooner adds to it.
    private static readonly TimeSpan _trouble = TimeSpan.FromSeconds(10);

    public static readonly Problem TokenMissing = new("token_missing", 401, "A bearer token is required.");
    public static readonly Problem TokenInvalid = new("token_invalid", 401, "The bearer token is not valid.");
    public static readonly Problem TokenExpired = new("token_expired", 401, "The bearer token has expired.");
    public static readonly Problem TokenRevoked = new("token_revoked", 401, "The bearer token has been revoked.");
    public static readonly Problem DashboardSessionInvalid =
        new("dashboard_session_invalid", 401, "The dashboard is opened from the console; what was opened before has ended.");
    public static readonly Problem ScopeMissing = new("scope_missing", 403, "The bearer token lacks a required scope.");

    public static readonly Problem NotFound = new("not_found", 404, "Not found.");
    public static readonly Problem DashboardOff = new("dashboard_off", 404, "This silo has no dashboard: Ingestion:Dashboard:Enabled is off.");
    public static readonly Problem MethodNotAllowed = new("method_not_allowed", 405, "Method not allowed.");
    public static readonly Problem RangeNotSatisfiable = new("range_not_satisfiable", 416, "The range is outside the object.");
    public static readonly Problem CursorInvalid = new("cursor_invalid", 400, "The cursor is not valid.");
    public static readonly Problem LimitInvalid = new("limit_invalid", 400, "The limit must be a number from 1 to 100; for events of a webhook from 1 to 1000.");
    public static readonly Problem StatusInvalid =
        new("status_invalid", 400, "status must be one or more of uploaded, queued, processing, playable, ready and failed, with commas between.");
    public static readonly Problem SortInvalid = new("sort_invalid", 400, "sort must be created or -created.");
    public static readonly Problem TimeInvalid = new("time_invalid", 400, "A time must be one of RFC 3339, like 2026-11-26T14:26:39.063Z.");
    public static readonly Problem PreconditionFailed = new("precondition_failed", 412, "A condition of the request does not hold.");
    public static readonly Problem MethodOverrideInvalid =
        new("method_override_invalid", 400, "X-HTTP-Method-Override must be one of GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS.");
    public static readonly Problem BufferLimitInvalid = new("buffer_limit_invalid", 400, "limit_bytes must be a whole number of bytes from 1 MiB to 1 TiB.");
    public static readonly Problem RecycleUnsupported = new("recycle_unsupported", 409, "This silo can't restart itself.");
    public static readonly Problem HeapUnavailable =
        new("heap_unavailable", 409, "The heap of this silo can't be surveyed: its diagnostics are disabled, or it is of an older release.");
    public static readonly Problem HeapBusy = new("heap_busy", 409, "The heap of this silo is being surveyed, or was less than a minute ago.")
    {
        RetryAfter = TimeSpan.FromMinutes(1),
    };
    public static readonly Problem RebalanceInvalid = new("rebalance_invalid", 400, "sockets must be a number from 1 to 1000000.");
    public static readonly Problem TransferCodingUnsupported = new("transfer_coding_unsupported", 501, "The only transfer coding of a body is chunked.");
    public static readonly Problem ContentCodingUnsupported =
        new("content_coding_unsupported", 415, "The body must have no Content-Encoding: it is taken as it is.");
    public static readonly Problem IdempotencyKeyInvalid = new("idempotency_key_invalid", 400, "Idempotency-Key must be 1 to 255 printable characters, once.");
    public static readonly Problem IdempotencyKeyReused =
        new("idempotency_key_reused", 422, "The Idempotency-Key was used for a request with other declarations.");
    public static readonly Problem IdempotencyKeyRunning = new("idempotency_key_running", 409, "The first request with this Idempotency-Key still runs.")
    {
        RetryAfter = TimeSpan.FromSeconds(2),
    };
    public static readonly Problem RequestInvalid = new("request_invalid", 400, "The request can't be read.");

    public static readonly Problem HostInvalid = new("host_invalid", 400, "The Host of the request is malformed, or not served here.");

    public static readonly Problem FormExpected = new("form_expected", 400, "The body must be multipart/form-data.");
    public static readonly Problem BoundaryInvalid = new("boundary_invalid", 400, "The multipart boundary is missing or not valid.");
    public static readonly Problem FormMalformed = new("form_malformed", 400, "The multipart body can't be read to its end.");
    public static readonly Problem PartDispositionInvalid =
        new("part_disposition_invalid", 400, "The Content-Disposition of each part of the form must be form-data.");
    public static readonly Problem FieldTooLarge = new("field_too_large", 400, "A form field beside the file is too large.");
    public static readonly Problem VideoFileMissing = new("video_file_missing", 400, "The form has no file in the field video_file.");
    public static readonly Problem VideoFileRepeated = new("video_file_repeated", 400, "The form has more than one video_file.");
    public static readonly Problem FileEmpty = new("file_empty", 400, "The file is empty.");
    public static readonly Problem NotAVideo = new("not_a_video", 415, "The file does not start like a known video container.");
    public static readonly Problem AudioOnly = new("audio_only", 415, "The file holds sound and no pictures.");
    public static readonly Problem ImageOnly = new("image_only", 415, "The file is a picture and no video.");
    public static readonly Problem RawStream = new("raw_stream", 415, "The file is a video stream without a container. Put it into one, such as MP4.");
    public static readonly Problem FileTooLarge = new("file_too_large", 413, "The file is larger than the limit.");
    public static readonly Problem TooManyConnections = new("too_many_connections", 503, "This silo accepts no more connections at the moment.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };
    public static readonly Problem TooManySockets = new("too_many_sockets", 429, "You have reached the limit of sockets and event streams.");
    public static readonly Problem TooManyPolls = new("too_many_polls", 429, "You have reached the limit of polls that wait.");
    public static readonly Problem SocketsSilent = new("sockets_silent", 503, "An event did not come back in time.") { RetryAfter = _trouble };
    public static readonly Problem ChannelInvalid = new("channel_invalid", 400, "A broadcast goes to system or to role:{role}.");
    public static readonly Problem BroadcastInvalid =
        new("broadcast_invalid", 400,
            "A broadcast needs a channel and a message of at most 16 KiB; its id is 1 to 64 letters, digits, dashes, dots, colons and underscores.");
    public static readonly Problem BroadcastRepeated = new("broadcast_repeated", 409, "Another broadcast has this id.");
    public static readonly Problem WaitInvalid = new("wait_invalid", 400, "A poll waits from 0 to 60 seconds, and a read of a webhook from 0 to 30.");
    public static readonly Problem HeartbeatInvalid = new("heartbeat_invalid", 400, "heartbeat must be a whole number of seconds from 5 to 60.");
    public static readonly Problem ChannelsInvalid = new("channels_invalid", 400, "A subscription has 1 to 64 channels.");
    public static readonly Problem ChannelUnknown = new("channel_unknown", 400, "A channel is user, system, video:{id} or role:{role}.");
    public static readonly Problem Forbidden = new("forbidden", 403, "The token does not allow one of these channels.");
    public static readonly Problem PeriodInvalid = new("period_invalid", 400, "from and to must be times as in RFC 3339, the earlier one first.");
    public static readonly Problem EventTypeInvalid = new("event_type_invalid", 400, "No event of the journal has such a type.");
    public static readonly Problem TtlInvalid = new("ttl_invalid", 400, "A share lasts at least 1 second and at most the hours of Ingestion:Shares:MaxHours.");
    public static readonly Problem TooManyShares = new("too_many_shares", 409, "The video has reached the limit of shares.");
    public static readonly Problem DenialInvalid = new("denial_invalid", 400, "A denial needs a jti or a user, and a time in the future to end at.");
    public static readonly Problem TooManyDenials = new("too_many_denials", 409, "The deny list is full.");
    public static readonly Problem UploadTooSlow = new("upload_too_slow", 408, "The bytes came too slowly.");
    public static readonly Problem UploadTakenOver = new("upload_taken_over", 409, "Another request has taken over this upload.");
    public static readonly Problem UploadInterrupted = new("upload_interrupted", 503,
        "The request was ended before its last byte: repeat a form, continue any other upload from the offset that HEAD shows.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };
    public static readonly Problem UploadGone = new("upload_gone", 410, "The upload was cancelled or has expired.");
    public static readonly Problem UploadEnded = new("upload_ended", 403, "The upload is complete and accepts no more bytes.");
    public static readonly Problem UploadIncomplete = new("upload_incomplete", 409, "The upload does not have all its bytes yet.");
    public static readonly Problem UploadCorrupt = new("upload_corrupt", 500, "The store does not hold what it acknowledged; the upload has failed.");
    public static readonly Problem OffsetMismatch = new("offset_mismatch", 409, "The upload does not end at that offset.");
    public static readonly Problem UploadLengthExceeded = new("upload_length_exceeded", 413, "These bytes go beyond the declared length.");
    public static readonly Problem UploadLengthInconsistent = new("upload_length_inconsistent", 400, "The length contradicts an earlier one.");
    public static readonly Problem UploadLengthInvalid = new("upload_length_invalid", 400,
        "Exactly one of Upload-Length (a number of bytes) and Upload-Defer-Length: 1 is required; neither for a final upload.");
    public static readonly Problem UploadOffsetInvalid = new("upload_offset_invalid", 400, "Upload-Offset must be a number of bytes.");
    public static readonly Problem UploadMetadataInvalid =
        new("upload_metadata_invalid", 400, "Upload-Metadata must be pairs of a unique key and a base64 value, of 16 KiB together at most.");
    public static readonly Problem UploadConcatInvalid = new(
        "upload_concat_invalid", 400, "Upload-Concat must be partial, or final; and the addresses of at most 1000 partial uploads, without a body.");
    public static readonly Problem PartialUploadUnknown = new("partial_upload_unknown", 400, "One of the addresses does not name a partial upload of yours.");
    public static readonly Problem PartialUploadRepeated = new("partial_upload_repeated", 400, "A partial upload can be named once in a final upload.");
    public static readonly Problem PartialUploadUsed = new("partial_upload_used", 410, "One of the partial uploads has become part of another final upload.");
    public static readonly Problem MetadataInvalid = new("metadata_invalid", 400,
        "metadata must be an object of at most 16 texts, whose keys have 1 to 64 characters without controls, each once, of 8 KiB together as UTF-8.");
    public static readonly Problem ExternalIdInvalid = new("external_id_invalid", 400, "external_id must have 1 to 255 characters without controls, once.");
    public static readonly Problem PieceExpected = new("piece_expected", 415, "The body must be application/offset+octet-stream.");
    public static readonly Problem TusVersionUnsupported = new("tus_version_unsupported", 412, "The request must have Tus-Resumable: 1.0.0.");
    public static readonly Problem ChecksumInvalid = new("checksum_invalid", 400,
        "Upload-Checksum must be an algorithm and the base64 of its value, once, in the head or in the trailer that the head names.");
    public static readonly Problem ChecksumAlgorithmUnknown = new("checksum_algorithm_unknown", 400, "This checksum algorithm is not supported.");
    public static readonly Problem ChecksumMismatch = new("checksum_mismatch", 460, "The bytes do not match the checksum; none were kept.");
    public static readonly Problem UploadCompleteInvalid = new("upload_complete_invalid", 400, "Upload-Complete must be ?1 or ?0.");
    public static readonly Problem PartialUploadExpected = new("partial_upload_expected", 415, "The body must be application/partial-upload.");
    public static readonly Problem UploadCompleted = new("upload_completed", 400, "The upload is complete and accepts no more bytes.");
    public static readonly Problem UploadNotAppendable = new("upload_not_appendable", 403, "This upload does not accept bytes by PATCH.");
    public static readonly Problem DigestInvalid = new("digest_invalid", 400,
        "Content-Digest and Repr-Digest must be dictionaries of byte sequences, of the length that the algorithm gives.");
    public static readonly Problem DigestUnsupported = new("digest_unsupported", 400, "None of these digest algorithms is supported; sha-256 and sha-512 are.");
    public static readonly Problem DigestMismatch = new("digest_mismatch", 400, "The bytes do not match the digest.");
    public static readonly Problem JsonExpected = new("json_expected", 415, "The body must be application/json.");
    public static readonly Problem JsonInvalid = new("json_invalid", 400, "The body is not the JSON that this address expects.");
    public static readonly Problem JsonMemberUnknown = new("json_member_unknown", 400, "The body has a member that this address does not know.");
    public static readonly Problem JsonMemberRepeated = new("json_member_repeated", 400, "The body has a member twice.");
    public static readonly Problem QueryParameterUnknown =
        new("query_parameter_unknown", 400, "The query has a parameter that this address does not know.");
    public static readonly Problem QueryParameterRepeated = new("query_parameter_repeated", 400, "The query has a parameter more than once.");
    public static readonly Problem BodyTooLarge = new("body_too_large", 413, "The body is larger than the limit of this address.");
    public static readonly Problem UploadNotDirect = new("upload_not_direct", 409, "This upload does not accept parts.");
    public static readonly Problem PartNumbersInvalid = new("part_numbers_invalid", 400,
        "Part numbers go from 1 to the number of parts, each once, at most 100 at a time when addresses are requested.");
    public static readonly Problem PartSizeInvalid = new("part_size_invalid", 400, "part_size is outside what the store takes for this size.");
    public static readonly Problem PartMismatch = new("part_mismatch", 409, "A part in the store has another size or ETag than the request names.");
    public static readonly Problem PartLengthInvalid = new("part_length_invalid", 400, "The body must have exactly the size of its part.");
    public static readonly Problem LengthRequired = new("length_required", 411, "The request must have Content-Length.");
    public static readonly Problem UrlInvalid = new("url_invalid", 403, "The address is not signed by this service.");
    public static readonly Problem UrlExpired = new("url_expired", 403, "The signed address has expired; request a new one.");
    public static readonly Problem PlayNotShared = new("play_not_shared", 403, "This share shows the status of the video and does not let it be played.");
    public static readonly Problem RateLimited = new("rate_limited", 429, "Too many requests of this kind in too short a time.");
    public static readonly Problem TooManyUploads = new("too_many_uploads", 429, "Too many of your uploads are under way.");
    public static readonly Problem QuotaExceeded = new("quota_exceeded", 403, "Your videos would exceed your quota of bytes.");
    public static readonly Problem DailyQuotaExceeded = new("daily_quota_exceeded", 429, "Your uploads would exceed your quota of bytes for this day.");
    public static readonly Problem MemoryShort = new("memory_short", 503, "This silo is short of memory and begins nothing new at the moment.")
    {
        RetryAfter = _trouble,
    };
    public static readonly Problem StorageUnavailable =
        new("storage_unavailable", 503, "The object store can't be used at the moment; what was acknowledged is safe.")
        {
            RetryAfter = _trouble,
        };
    public static readonly Problem StorageFull = new("storage_full", 507, "There is no room left to store this.");

    public static readonly Problem JobQueueUnavailable = new("job_queue_unavailable", 503, "The job queue can't be used at the moment.") { RetryAfter = _trouble };
    public static readonly Problem DeadLetterUnreadable = new("dead_letter_unreadable", 409, "This dead letter is no job: it can only be removed.");
    public static readonly Problem DeadLetterOrphaned = new("dead_letter_orphaned", 409, "There is no video of this dead letter: it can only be removed.");

    public static readonly Problem WebhookUrlInvalid =
        new("webhook_url_invalid", 400, "The url must be an https address without user and fragment, whose host resolves.");
    public static readonly Problem WebhookAddressForbidden = new("webhook_address_forbidden", 400, "The url's host is not at a public address.");
    public static readonly Problem WebhookHeaderInvalid =
        new("webhook_header_invalid", 400, "A header of a webhook has a name or a value that it can't have, or there are more than 8.");
    public static readonly Problem WebhookDisabled = new("webhook_disabled", 409, "The webhook is disabled; enable it first.");
    public static readonly Problem WebhookPulled = new("webhook_pulled", 409, "The webhook's events are read by its owner; nothing is sent.");
    public static readonly Problem WebhookNotPulled = new("webhook_not_pulled", 409, "The webhook's events are sent; they can't be read.");
    public static readonly Problem PullUnavailable =
        new("pull_unavailable", 503, "A silo of an older release runs. Webhooks with pull work once all silos are upgraded.")
        {
            RetryAfter = TimeSpan.FromMinutes(1),
        };
    public static readonly Problem TooManyWebhooks = new("too_many_webhooks", 409, "You have reached the limit of webhooks.");

    public static readonly Problem WebSocketExpected = new("websocket_expected", 426, "This address accepts WebSocket requests only.");
    public static readonly Problem WebSocketVersionUnsupported =
        new("websocket_version_unsupported", 426, "The request must have Sec-WebSocket-Version: 13.");
    public static readonly Problem WebSocketHandshakeInvalid = new("websocket_handshake_invalid", 400, "A field of the WebSocket handshake is malformed.");
    public static readonly Problem SubprotocolUnsupported =
        new("subprotocol_unsupported", 400, "The client must offer the WebSocket subprotocol ingestion.v1.");

    public static readonly Problem Internal = new("internal", 500, "Internal error.");
    // A silo, a database or a disk is unavailable: silos are declared dead within that time, and a database that starts again needs no longer.
    public static readonly Problem Unavailable = new("unavailable", 503, "Service unavailable.") { RetryAfter = _trouble };

    /// <summary>What is particular to this request; null when there is nothing to add to the title.</summary>
    public string? Detail { get; init; }

    /// <summary>When a retry may succeed; null when waiting does not help, or the time is unknown.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What this refusal adds to its body, for programs; null: nothing.</summary>
    public Dictionary<string, JsonElement>? Members { get; init; }

    /// <summary>The same with the place in a JSON body, and with what may stand there.</summary>
    public Problem At(string member, IEnumerable<string>? allowed = null)
    {
        var members = new Dictionary<string, JsonElement> { ["member"] = JsonSerializer.SerializeToElement(member, ProblemJson.Default.String) };
        if (allowed is not null)
            members["allowed"] = JsonSerializer.SerializeToElement([.. allowed], ProblemJson.Default.StringArray);
        return this with { Members = members };
    }
}
