namespace Ingestion.Uploads;

/// <summary>What kind of upload it is. The numbers are stored.</summary>
public enum UploadKind : byte
{
    /// <summary>One request from beginning to end: it can't be resumed, so its manifest lives in memory.</summary>
    Form = 0,

    /// <summary>Resumable: the manifest is stored as it grows.</summary>
    Resumable = 1,

    /// <summary>Resumable, and only a piece: it never becomes a video itself.</summary>
    Partial = 2,

    /// <summary>Put together by us from partial uploads.</summary>
    Final = 3,

    /// <summary>The client sends the parts to the store itself.</summary>
    Direct = 4,
}
