namespace Ingestion.Uploads;

/// <summary>Why the start of a file is no video that is taken.</summary>
public enum SourceRefusal
{
    /// <summary>It is nothing that is known here.</summary>
    NotAVideo,

    /// <summary>Sound alone: M4A, MP3, WAV, FLAC, and containers of video that list no track with pictures.</summary>
    AudioOnly,

    /// <summary>A picture, moving or not: GIF, PNG, JPEG, WebP, HEIC, AVIF.</summary>
    ImageOnly,

    /// <summary>H.264 or H.265 without a container: it has no times.</summary>
    RawStream,
}
