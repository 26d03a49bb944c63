using System.Text.Json.Serialization;

namespace Ingestion.Backends.Media.Reports;

/// <summary>ffprobe's JSON, as far as it is requested. Numbers are texts but for sizes, counts and angles.</summary>
internal sealed record ProbedFile(List<ProbedStream>? Streams, ProbedFormat? Format);

/// <inheritdoc cref="ProbedFile"/>
internal sealed record ProbedStream(
    string? CodecType,
    string? CodecName,
    string? Profile,
    int Width,
    int Height,
    string? SampleAspectRatio,
    string? PixFmt,
    string? BitsPerRawSample,
    string? ColorRange,
    string? ColorSpace,
    string? ColorTransfer,
    string? ColorPrimaries,
    string? FieldOrder,
    string? AvgFrameRate,
    string? SampleRate,
    int? Channels,
    ProbedDisposition? Disposition,
    ProbedTags? Tags,
    List<ProbedSideData>? SideDataList,
    string? NbFrames = null)
{
    public bool IsVideo => CodecType == "video" && !IsCover;

    public bool IsCover => CodecType == "video" && Disposition is { AttachedPic: not 0 };
}

/// <inheritdoc cref="ProbedFile"/>
internal sealed record ProbedFormat(string? FormatName, string? StartTime, string? Duration, string? Size, string? BitRate, ProbedTags? Tags);

/// <inheritdoc cref="ProbedFile"/>
internal sealed record ProbedDisposition(int Default, int Forced, int AttachedPic);

/// <inheritdoc cref="ProbedFile"/>
internal sealed record ProbedTags(string? Language, string? CreationTime, string? MajorBrand);

/// <inheritdoc cref="ProbedFile"/>
internal sealed record ProbedSideData(string? SideDataType, double? Rotation, int? DvProfile);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProbedFile))]
internal sealed partial class ProbeJson : JsonSerializerContext;
