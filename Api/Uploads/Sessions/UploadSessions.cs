using Ingestion.Api.Uploads.Limits;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Sessions;

/// <summary>Opens sessions that write uploads.</summary>
internal sealed class UploadSessions(
    IGrainFactory grains,
    IObjectStore store,
    IContainerSniffer sniffer,
    UploadAdmission admission,
    ProgressPublisher progress,
    UploadMetrics metrics,
    IOptions<UploadOptions> options,
    TimeProvider time,
    ILogger<UploadSession> logger)
{
    /// <summary>Takes the lease of an upload and opens a session under it.</summary>
    /// <param name="id">The upload.</param>
    /// <param name="owner">Whose it must be.</param>
    /// <param name="kind">What kind of upload the caller believes it to be.</param>
    /// <param name="offset">Where the client believes the upload ends; null takes over wherever that is.</param>
    /// <param name="hold">Nothing is committed before the session ends: for bytes whose checksum comes last.</param>
    /// <param name="expected">How many bytes the upload will probably have; null when unknown.</param>
    /// <returns>The session; null when the lease is refused, and the answer has the reason.</returns>
    public async Task<(UploadSession? Session, LeaseResult Answer)> OpenAsync(
        string id, string owner, UploadKind kind, long? offset = null, bool hold = false, long? expected = null)
    {
        var (lease, answer) = await WriteLease.AcquireAsync(grains, store, time, id, owner, kind, offset);
        if (lease is null)
            return (null, answer);
        var isForm = answer.Kind is UploadKind.Form;
        // Of a form the length of its body was reserved; of an upload that was created without a length nothing was.
        var reserved = answer.Length ?? (isForm ? expected : null) ?? answer.Offset;
        var session = new UploadSession(
            lease,
            new SourceHead(answer, sniffer, options.Value.RequireKnownContainer),
            new QuotaReservation(admission, owner, id, reserved, durable: !isForm),
            // A partial upload is no video, and its owner waits for none.
            answer.Kind is UploadKind.Partial ? null : new UploadProgress(progress, time, owner, id, goesOn: answer.Offset > 0),
            new SessionLimits(options.Value.MaxFileBytes, expected, hold),
            metrics,
            time,
            logger);
        return (session, answer);
    }
}

/// <summary>What bounds a session.</summary>
/// <param name="MostBytes">The longest source that is taken.</param>
/// <param name="Expected">How many bytes the source will probably have; null when unknown.</param>
/// <param name="Holds">Nothing is committed before the session ends.</param>
internal readonly record struct SessionLimits(long MostBytes, long? Expected, bool Holds);
