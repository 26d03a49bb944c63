namespace Ingestion.Api.Status.Lanes;

/// <summary>What became of a frame that was to be sent.</summary>
internal enum SendOutcome
{
    /// <summary>It is on its way.</summary>
    Sent,

    /// <summary>It is sent in its turn, if the socket is still open then.</summary>
    Queued,

    /// <summary>The reader is too slow for it.</summary>
    ReaderTooSlow,

    /// <summary>Too much waits for slow readers in this silo, and this is one of them.</summary>
    SiloTooFull,
}
