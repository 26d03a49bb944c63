using Ingestion.Api.Problems;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads;

/// <summary>What a client is answered for each outcome of an upload's grain: the one table from outcome to problem.</summary>
internal static class UploadProblems
{
    // Neither table has a default arm: an outcome without a line fails the build (CS8509). CS8524 is about numbers without a name; one could only
    // come from a newer silo, and would be an internal error.
#pragma warning disable CS8524

    /// <summary>For the request of a client. Null when it succeeded.</summary>
    public static Problem? Of(UploadOutcome outcome) => outcome switch
    {
        UploadOutcome.Ok => null,
        UploadOutcome.NotFound => Problem.NotFound,
        UploadOutcome.StaleEpoch => Problem.UploadTakenOver,
        UploadOutcome.OffsetMismatch => Problem.OffsetMismatch,
        UploadOutcome.Ended => Problem.UploadEnded,
        UploadOutcome.Gone => Problem.UploadGone,
        UploadOutcome.LengthMismatch => Problem.UploadLengthInconsistent,
        UploadOutcome.Incomplete => Problem.UploadIncomplete,
        UploadOutcome.Failed => Problem.UploadCorrupt,
        UploadOutcome.NotAppendable => Problem.UploadNotAppendable,
        UploadOutcome.NotAVideo => Problem.NotAVideo,
        UploadOutcome.AudioOnly => Problem.AudioOnly,
        UploadOutcome.ImageOnly => Problem.ImageOnly,
        UploadOutcome.RawStream => Problem.RawStream,
        UploadOutcome.DigestMismatch => Problem.DigestMismatch,
        UploadOutcome.Used => Problem.PartialUploadUsed,
        UploadOutcome.TooLate => Problem.Unavailable,
        UploadOutcome.LeaseLost => Problem.UploadInterrupted,
    };

    /// <summary>
    /// To a client whose request held the lease. If the upload has moved on without it, whatever way, another request has taken over; if its grain
    /// has forgotten the lease, or a form altogether, its silo has gone. Null when its commit was taken.
    /// </summary>
    public static Problem? OfWriter(UploadOutcome outcome) => outcome switch
    {
        UploadOutcome.NotFound or UploadOutcome.LeaseLost => Problem.UploadInterrupted,
        UploadOutcome.StaleEpoch or UploadOutcome.OffsetMismatch or UploadOutcome.Ended or UploadOutcome.NotAppendable =>
            Problem.UploadTakenOver,
        UploadOutcome.Ok or UploadOutcome.Gone or UploadOutcome.LengthMismatch or UploadOutcome.Incomplete => Of(outcome),
        UploadOutcome.Failed or UploadOutcome.NotAVideo or UploadOutcome.DigestMismatch or UploadOutcome.Used or UploadOutcome.TooLate => Of(outcome),
        UploadOutcome.AudioOnly or UploadOutcome.ImageOnly or UploadOutcome.RawStream => Of(outcome),
    };

    /// <summary>For a source whose first bytes show that it is none.</summary>
    public static Problem Of(SourceRefusal refusal) => refusal switch
    {
        SourceRefusal.NotAVideo => Problem.NotAVideo,
        SourceRefusal.AudioOnly => Problem.AudioOnly,
        SourceRefusal.ImageOnly => Problem.ImageOnly,
        SourceRefusal.RawStream => Problem.RawStream,
    };
#pragma warning restore CS8524
}
