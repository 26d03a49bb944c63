namespace Ingestion.Api.Uploads.Ietf;

/// <summary>Names of the draft's header fields (draft-ietf-httpbis-resumable-upload, interop version 8) and of those of RFC 9530.</summary>
internal static class IetfFields
{
    /// <summary>The iteration of the draft that is spoken here.</summary>
    public const int SpokenVersion = 8;

    public const string Version = "Upload-Draft-Interop-Version";
    public const string Complete = "Upload-Complete";
    public const string Offset = "Upload-Offset";
    public const string Length = "Upload-Length";
    public const string Limit = "Upload-Limit";

    public const string ContentDigest = "Content-Digest";
    public const string ReprDigest = "Repr-Digest";
    public const string WantContentDigest = "Want-Content-Digest";
    public const string WantReprDigest = "Want-Repr-Digest";

    /// <summary>The media type of a body that is a piece of an upload.</summary>
    public const string PartialUpload = "application/partial-upload";
}
