namespace Ingestion.Uploads;

/// <summary>Where an upload is.</summary>
public enum UploadState : byte
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>Bytes may come.</summary>
    Open = 1,

    /// <summary>It has become a video, or a part of one.</summary>
    Completed = 2,

    /// <summary>Given up; its bytes are gone.</summary>
    Aborted = 3,

    /// <summary>Its time was over; its bytes are gone.</summary>
    Expired = 4,

    /// <summary>Decided to end; its bytes are going.</summary>
    Ending = 5,

    /// <summary>All bytes are there; the video is being made of them.</summary>
    Completing = 6,

    /// <summary>It can't become a video, and the reason is published; its bytes are gone.</summary>
    Failed = 7,
}
