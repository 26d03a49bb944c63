namespace Ingestion.Uploads;

/// <summary>How a request of a writer went.</summary>
public enum UploadOutcome : byte
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>No such upload, or another owner's.</summary>
    NotFound = 1,

    /// <summary>Another writer has taken over.</summary>
    StaleEpoch = 2,

    /// <summary>What came does not start where the manifest ends; the answer's offset is that end.</summary>
    OffsetMismatch = 3,

    /// <summary>The upload has ended: it is complete.</summary>
    Ended = 4,

    /// <summary>It was given up or has expired.</summary>
    Gone = 5,

    /// <summary>More bytes than the declared length, or a length that contradicts an earlier one.</summary>
    LengthMismatch = 6,

    /// <summary>It has not all its bytes yet.</summary>
    Incomplete = 7,

    /// <summary>The store does not hold what it acknowledged: the upload has failed and is gone.</summary>
    Failed = 8,

    /// <summary>Its bytes come on another way.</summary>
    NotAppendable = 9,

    /// <summary>All of it is there and is no video: the upload has failed and is gone.</summary>
    NotAVideo = 10,

    /// <summary>All of it is there and does not match its digest: the upload has failed and is gone.</summary>
    DigestMismatch = 11,

    /// <summary>It has become part of another final upload.</summary>
    Used = 12,

    /// <summary>Its id was closed before it could become a video, as its silo was away for too long: its bytes go, and the client uploads again.</summary>
    TooLate = 13,

    /// <summary>All of it is there and is sound alone: the upload has failed and is gone.</summary>
    AudioOnly = 14,

    /// <summary>All of it is there and is a picture: the upload has failed and is gone.</summary>
    ImageOnly = 15,

    /// <summary>All of it is there and is a stream without a container: the upload has failed and is gone.</summary>
    RawStream = 16,

    /// <summary>
    /// The writer's lease is not known any more, as its silo or the upload's has gone; no other request has taken over. What was committed counts.
    /// </summary>
    LeaseLost = 17,
}
