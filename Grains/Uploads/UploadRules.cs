using Ingestion.Grains.Videos;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Grains.Uploads;

/// <summary>The decisions of an upload: pure, so that every order of events can be tried without a grain.</summary>
internal static class UploadRules
{
    /// <summary>No writer holds the lease.</summary>
    public const long NoLease = 0;

    /// <summary>A client creates an upload.</summary>
    public static UploadManifest Create(NewUpload upload, PartPlan plan, DateTimeOffset now) => new()
    {
        State = UploadState.Open,
        Owner = upload.Owner,
        Kind = upload.Kind,
        FileName = upload.FileName,
        ContentType = upload.ContentType,
        Length = upload.Length,
        Metadata = upload.Metadata,
        Concat = upload.Concat,
        Plan = plan,
        CreatedAt = now,
        TouchedAt = now,
        TimeToLive = upload.TimeToLive,
        MustBeKnown = upload.MustBeKnown,
        Digest = upload.Digest,
        Pieces = upload.Pieces,
        Tenant = upload.Tenant,
        Caller = upload.Caller,
    };

    /// <summary>The answer to a creation of what exists: a client that missed the first answer gets it again.</summary>
    public static UploadOutcome CreateAgain(UploadManifest manifest, NewUpload upload) =>
        manifest.Owner == upload.Owner && (manifest.State is UploadState.Open || manifest.Kind is UploadKind.Final) ? UploadOutcome.Ok : UploadOutcome.Ended;

    /// <summary>Whether <paramref name="owner"/> may have the lease now.</summary>
    public static UploadOutcome Acquire(UploadManifest manifest, string owner, long? expectedOffset, DateTimeOffset now)
    {
        if (manifest.State is UploadState.None || !OwnerMark.Is(manifest.Owner, owner))
            return UploadOutcome.NotFound;
        if (manifest.State is UploadState.Completed or UploadState.Completing)
            return UploadOutcome.Ended;
        // A final upload is put together by the edge, which expects no offset; clients can't append to it.
        if (manifest.Kind is UploadKind.Final && expectedOffset is not null)
            return UploadOutcome.Ended;
        if (manifest.State is not UploadState.Open || IsOverdue(manifest, now))
            return UploadOutcome.Gone;
        // These have endpoints of their own, which expect no offset either.
        if (manifest.Kind is UploadKind.Direct or UploadKind.Form && expectedOffset is not null)
            return UploadOutcome.NotAppendable;
        return expectedOffset is { } offset && offset != manifest.Offset ? UploadOutcome.OffsetMismatch : UploadOutcome.Ok;
    }

    /// <summary>Epochs only rise, also over activations that know nothing of each other: the clock is a part of them.</summary>
    public static long NextEpoch(long lease, DateTimeOffset now) => Math.Max(lease + 1, now.UtcTicks);

    /// <summary>Whether the writer of <paramref name="epoch"/> may still change the upload.</summary>
    public static UploadOutcome Check(UploadManifest manifest, long lease, long epoch) => manifest.State switch
    {
        UploadState.None => UploadOutcome.NotFound,
        // An activation knows the leases that it has granted; of one that another activation granted it does not know what became.
        UploadState.Open when lease == NoLease || epoch > lease => UploadOutcome.LeaseLost,
        UploadState.Open => epoch == lease ? UploadOutcome.Ok : UploadOutcome.StaleEpoch,
        UploadState.Completed or UploadState.Completing => UploadOutcome.Ended,
        _ => UploadOutcome.Gone,
    };

    /// <summary>
    /// Parts and a tail are safe in the store. Parts must begin where the manifest's end, with the number that the plan gives them; each but
    /// the last of all is full. A tail stands behind the parts and never falls short of what was acknowledged before.
    /// </summary>
    public static (UploadOutcome Outcome, UploadManifest Next) Commit(UploadManifest manifest, long lease, long epoch, UploadCommit commit, DateTimeOffset now)
    {
        if (Check(manifest, lease, epoch) is not UploadOutcome.Ok and var refused)
            return (refused, manifest);
        if (commit.Length is { } length && (length < 0 || (manifest.Length ?? length) != length))
            return (UploadOutcome.LengthMismatch, manifest);

        var next = manifest with { TouchedAt = now, Length = commit.Length ?? manifest.Length, StoreUploadId = commit.StoreUploadId is ""
            ? manifest.StoreUploadId
            : commit.StoreUploadId };
        next = Learn(next with { Digest = commit.Digest ?? manifest.Digest, Caller = commit.Caller ?? manifest.Caller }, commit);
        // The same commit again: its silo had gone before it could answer.
        if (commit.Parts.Count > 0 && !IsCommitted(manifest, commit))
        {
            if (!Follow(manifest, commit.Parts))
                return (UploadOutcome.OffsetMismatch, manifest);
            next = next with { Parts = [.. manifest.Parts, .. commit.Parts], Tail = null };
        }

        if (commit.Tail is { } tail)
            next = next with { Tail = tail };
        return Verdict(manifest, next);
    }

    /// <summary>All bytes are committed, and the writer declares that these are all.</summary>
    public static (UploadOutcome Outcome, UploadManifest Next) Complete(
        UploadManifest manifest, long lease, long epoch, UploadCommit commit, DateTimeOffset now)
    {
        var (outcome, next) = Commit(manifest, lease, epoch, commit, now);
        if (outcome is not UploadOutcome.Ok)
            return (outcome, manifest);
        // A tail is no part: a writer that completes has made a part of it.
        if (next.Tail is not null || (next.Length ?? next.Offset) != next.Offset)
            return (UploadOutcome.Incomplete, manifest);
        return (UploadOutcome.Ok, next with { State = UploadState.Completing });
    }

    /// <summary>Whether a completion by these parts is the one that is under way, or done: a caller repeats it when its silo has gone.</summary>
    public static bool IsCompletedBy(UploadManifest manifest, UploadCommit commit) =>
        manifest is { IsStored: true, State: UploadState.Completing or UploadState.Completed }
        && (commit.Parts is not [.., var last] || last.Offset + last.Length == manifest.Offset);

    /// <summary>The video exists (or the partial upload's object does): what led there is forgotten, the client may still read the offset.</summary>
    public static UploadManifest Completed(UploadManifest manifest, DateTimeOffset now) => manifest with
    {
        State = UploadState.Completed, FinalLength = manifest.Offset, Length = manifest.Offset, Parts = [], Tail = null, Head = default, StoreUploadId = "",
            TouchedAt = now,
    };

    /// <summary>It is decided that the upload ends without a video.</summary>
    public static UploadManifest End(UploadManifest manifest, UploadState endsAs, VideoError? error) =>
        manifest with { State = UploadState.Ending, EndsAs = endsAs, Error = error, Head = default };

    /// <summary>The bytes and the client's metadata are gone. The rest answers the client's requests until it expires too.</summary>
    public static UploadManifest Ended(UploadManifest manifest, DateTimeOffset now) =>
        manifest with
        {
            State = manifest.EndsAs, Parts = [], Tail = null, StoreUploadId = "", FileName = null, Metadata = null, Caller = null, TouchedAt = now,
        };

    /// <summary>A tombstone: there is no upload of this id and never will be. It has no owner.</summary>
    public static UploadManifest Close(DateTimeOffset now) => new()
    {
        State = UploadState.Aborted,
        EndsAs = UploadState.Aborted,
        Kind = UploadKind.Resumable,
        CreatedAt = now,
        TouchedAt = now,
        TimeToLive = VideoRules.TombstoneLasts,
    };

    /// <summary>Whether it is such a tombstone.</summary>
    public static bool IsClosed(UploadManifest manifest) => manifest is { State: UploadState.Aborted, Owner: "" };

    /// <summary>The upload's video is gone: only the answer for its client is kept, for as long as requests may come.</summary>
    public static UploadManifest Forget(UploadManifest manifest, DateTimeOffset now) => new()
    {
        State = UploadState.Aborted,
        EndsAs = UploadState.Aborted,
        Kind = manifest.Kind,
        Owner = OwnerMark.Of(manifest.Owner),
        CreatedAt = manifest.CreatedAt,
        TouchedAt = now,
        TimeToLive = manifest.TimeToLive,
    };

    /// <summary>Nothing came for longer than it may lie. Of a final upload nothing more is to come: it is ours to finish, however long that takes.</summary>
    public static bool IsOverdue(UploadManifest manifest, DateTimeOffset now) => manifest.IsStored && !manifest.IsJoining && manifest.ExpiresAt <= now;

    /// <summary>Once known, the media type stays, and the first bytes are needed no more.</summary>
    private static UploadManifest Learn(UploadManifest manifest, UploadCommit commit)
    {
        if (manifest.ContentType is null && commit.ContentType is null)
            return commit.Head.Length > manifest.Head.Length ? manifest with { Head = commit.Head } : manifest;
        return manifest with { ContentType = manifest.ContentType ?? commit.ContentType, Head = default };
    }

    private static bool IsCommitted(UploadManifest manifest, UploadCommit commit) =>
        manifest.Tail == commit.Tail && manifest.Parts.Skip(manifest.Parts.Count - commit.Parts.Count).SequenceEqual(commit.Parts);

    private static bool Follow(UploadManifest manifest, IReadOnlyList<UploadPart> parts)
    {
        var end = manifest.PartsEnd;
        foreach (var part in parts)
        {
            if (part.Offset != end || manifest.Plan.PartAt(end) is not { } span || part.Number != span.Number || part.Length <= 0 || part.Length > span.Size)
                return false;
            end += part.Length;
        }

        return true;
    }

    private static (UploadOutcome Outcome, UploadManifest Next) Verdict(UploadManifest before, UploadManifest next)
    {
        if (next.Tail is { } tail && (tail.Offset != next.PartsEnd || tail.Length <= 0 || next.Plan.PartAt(tail.Offset) is not { } span
            || tail.Length > span.Size))
            return (UploadOutcome.OffsetMismatch, before);
        if (next.Offset < before.Offset)
            return (UploadOutcome.OffsetMismatch, before);
        return next.Length < next.Offset ? (UploadOutcome.LengthMismatch, before) : (UploadOutcome.Ok, next);
    }
}
