using Ingestion.Api.Creations;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Ietf;
using Ingestion.Api.Uploads.Tus;
using Ingestion.Api.Videos;

namespace Ingestion.Api.Uploads.Resumable;

/// <summary>What tus and the draft of the IETF read and answer, for the API document. A request speaks one of them.</summary>
internal static class ResumableDescription
{
    private static readonly Parameter _tus = Parameter.Field(TusHeaders.Resumable, "1.0.0, in every request of tus.");
    private static readonly Parameter _draft = Parameter.Field(IetfFields.Version, "8, in requests of the draft.");
    private static readonly Parameter _isLast = Parameter.Field(IetfFields.Complete, "Draft: ?1 when the body ends the source, otherwise ?0.");
    private static readonly Parameter _length = Parameter.Field(TusHeaders.Length, "Bytes of the whole source.");
    private static readonly Parameter _checksum = Parameter.Field(
        TusHeaders.Checksum, "tus: an algorithm and the base64 of its value over this body; also as a trailer.");
    private static readonly Parameter _contentDigest = Parameter.Field(IetfFields.ContentDigest, "Draft: sha-256 or sha-512 of this body (RFC 9530).");
    private static readonly Parameter _sourceDigest = Parameter.Field(IetfFields.ReprDigest, "Draft: sha-256 or sha-512 of the whole source (RFC 9530).");

    private static readonly AnswerField[] _progress =
    [
        new(TusHeaders.Resumable, "tus: 1.0.0."),
        new(TusHeaders.Offset, "Acknowledged bytes: the offset of the next PATCH."),
        new(TusHeaders.Expires, "tus: when the upload goes if nothing more comes."),
        new(IetfFields.Complete, "Draft: whether the upload has all its bytes."),
        new(IetfFields.Limit, "Draft: the largest size, and seconds that are left."),
    ];

    private static readonly AnswerField _location = new(
        "Location", "The upload; in the last answer of the draft, the record of the video.", StatusCodes.Status201Created);

    private static readonly Problem[] _fields =
    [
        Problem.TusVersionUnsupported, Problem.PieceExpected, Problem.UploadLengthInvalid,
        Problem.ChecksumInvalid, Problem.ChecksumAlgorithmUnknown, Problem.ChecksumMismatch,
        Problem.UploadCompleteInvalid, Problem.DigestInvalid, Problem.DigestUnsupported,
    ];

    public static T DescribeCreation<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint
        .Operation("createUpload", "Begins a resumable upload, with or without its first bytes, or joins partial ones (tus).")
        .TakesBytes("The first bytes of the source.", TusHeaders.PieceType, IetfFields.PartialUpload, "application/octet-stream")
        .WithParameters(_tus, _draft, _length, _isLast, _checksum, _contentDigest, _sourceDigest)
        .WithParameters(
            Parameter.Field(TusHeaders.DeferLength, "tus: 1 when the length comes later."),
            Parameter.Field(TusHeaders.Metadata,
                "Pairs of a key and a base64 value; filename becomes the name of the video, external_id its external_id, the others its metadata."),
            Parameter.Field(TusHeaders.Concat, "tus: partial, or final; and the addresses of the parts."),
            Parameter.Field("Content-Disposition", "Draft: the name of the file."))
        .AnswersJson(StatusCodes.Status201Created, typeof(VideoJson))
        .Answers(
            StatusCodes.Status201Created,
            "The upload exists; there is no body. When the draft sent the whole source at once, the body is the record of its video.")
        .Answers(StatusCodes.Status204NoContent, "Draft: a partial upload is whole.")
        .TakesIdempotencyKey()
        .WithAnswerFields(_progress)
        .WithAnswerFields(_location)
        .RefusesByLimits()
        .RefusesBytes()
        .Refuses(_fields)
        .Refuses(Problem.UploadMetadataInvalid, Problem.UploadConcatInvalid, Problem.MetadataInvalid, Problem.ExternalIdInvalid)
        .Refuses(Problem.PartialUploadUnknown, Problem.PartialUploadRepeated, Problem.PartialUploadUsed);

    public static T DescribeState<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint
        .Operation("getUpload", "Where an upload is. A request that writes to it commits what has come, and goes on.")
        .WithParameters(_tus, _draft)
        .Answers(StatusCodes.Status200OK, "To tus.")
        .Answers(StatusCodes.Status204NoContent, "To the draft, and for direct uploads.")
        .WithAnswerFields(_progress)
        .WithAnswerFields(
            new AnswerField(TusHeaders.Length, "Bytes of the whole source, when known."),
            new AnswerField(TusHeaders.DeferLength, "tus: 1 while the length is not known."),
            new AnswerField(TusHeaders.Metadata, "tus: as it was given."),
            new AnswerField(TusHeaders.Concat, "tus: as it was given."))
        .Refuses(Problem.NotFound, Problem.UploadGone, Problem.TusVersionUnsupported);

    public static T DescribeAppend<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint
        .Operation("appendToUpload", "Appends bytes to an upload. It takes over from a request that still writes.")
        .TakesBytes("The next bytes of the source.", TusHeaders.PieceType, IetfFields.PartialUpload)
        .WithParameters(_tus, _draft, Parameter.Field(TusHeaders.Offset, "Where the body begins."), _length, _isLast, _checksum, _contentDigest, _sourceDigest)
        .AnswersJson(StatusCodes.Status201Created, typeof(VideoJson))
        .Answers(StatusCodes.Status201Created, "To the draft: that was the last byte, and this is the video.")
        .Answers(StatusCodes.Status204NoContent, "The bytes are safe.")
        .WithAnswerFields(_progress)
        .WithAnswerFields(_location)
        .WithAnswerFields(new AnswerField(TusHeaders.Offset, "Draft: the offset of the next request.", StatusCodes.Status409Conflict))
        .RefusesByLimits()
        .RefusesBytes()
        .Refuses(_fields)
        .Refuses(Problem.NotFound, Problem.UploadOffsetInvalid, Problem.OffsetMismatch, Problem.UploadEnded)
        .Refuses(Problem.UploadNotAppendable, Problem.PartialUploadExpected, Problem.UploadCompleted);

    public static T DescribeCancellation<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint
        .Operation("cancelUpload", "Gives an upload up; a whole one goes with its video.")
        .WithParameters(_tus, _draft)
        .Answers(StatusCodes.Status204NoContent, "It is gone.")
        .Refuses(Problem.NotFound, Problem.UploadGone, Problem.TusVersionUnsupported);

    public static T DescribeOptions<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint
        .Answers(StatusCodes.Status204NoContent, "Both protocols describe themselves in fields.")
        .WithAnswerFields(
            new AnswerField(TusHeaders.Version, "tus: the version that is spoken."),
            new AnswerField(TusHeaders.Extension, "tus: its extensions."),
            new AnswerField(TusHeaders.MaxSize, "tus: the largest size of a source."),
            new AnswerField(TusHeaders.ChecksumAlgorithm, "tus: algorithms of checksums."),
            new AnswerField(IetfFields.Limit, "Draft: the largest size, and seconds that an upload lasts."),
            new AnswerField(IetfFields.WantContentDigest, "Draft: digests that are checked."),
            new AnswerField(IetfFields.WantReprDigest, "Draft: digests that are checked."));
}
