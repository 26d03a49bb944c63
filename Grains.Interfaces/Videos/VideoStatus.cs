namespace Ingestion.Videos;

/// <summary>Life of a video. The numbers are stored; never renumber. Wire names are the lowercase member names.</summary>
public enum VideoStatus : byte
{
    /// <summary>Bytes are arriving. Never stored in a video record.</summary>
    Receiving = 0,

    /// <summary>All bytes are in the object store.</summary>
    Uploaded = 1,

    /// <summary>A job for it is in the queue.</summary>
    Queued = 2,

    /// <summary>A worker holds its claim.</summary>
    Processing = 3,

    /// <summary>A first rendition can be played.</summary>
    Playable = 4,

    /// <summary>Everything there will be is there. Terminal.</summary>
    Ready = 5,

    /// <summary>It can't be processed; the error has the reason. Terminal.</summary>
    Failed = 6,

    /// <summary>The client gave up before the last byte. Terminal.</summary>
    Cancelled = 7,

    /// <summary>It was not finished in time. Terminal.</summary>
    Expired = 8,

    /// <summary>The owner removed it. Terminal.</summary>
    Deleted = 9,
}

/// <summary>What a status means to subscribers.</summary>
public static class VideoStatusExtensions
{
    extension(VideoStatus status)
    {
        /// <summary>No further status follows but <see cref="VideoStatus.Deleted"/>, and <see cref="VideoStatus.Queued"/> when it is processed once more.</summary>
        public bool IsTerminal => status >= VideoStatus.Ready;

        /// <summary>The name on the wire: lowercase.</summary>
        public string WireName => status switch
        {
            VideoStatus.Receiving => "receiving",
            VideoStatus.Uploaded => "uploaded",
            VideoStatus.Queued => "queued",
            VideoStatus.Processing => "processing",
            VideoStatus.Playable => "playable",
            VideoStatus.Ready => "ready",
            VideoStatus.Failed => "failed",
            VideoStatus.Cancelled => "cancelled",
            VideoStatus.Expired => "expired",
            VideoStatus.Deleted => "deleted",
            _ => "unknown",
        };
    }
}
