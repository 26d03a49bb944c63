namespace Ingestion.Backends.Media;

/// <summary>A container by its signature.</summary>
/// <param name="MediaType">Such as <c>video/mp4</c>.</param>
/// <param name="Demuxer">The part of ffmpeg that reads it: the tools are given it and never guess.</param>
public readonly record struct ContainerFormat(string MediaType, string Demuxer)
{
    /// <summary>The one name that the API gives it.</summary>
    public string Name => MediaType switch
    {
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/3gpp" => "3gp",
        "video/webm" => "webm",
        _ => NameOf(Demuxer),
    };

    /// <summary>The name by ffprobe's format, where the first bytes were not recognised: the first of its list.</summary>
    public static string NameOf(string? format) => (format ?? "").Split(',')[0] switch
    {
        "mov" => "mp4",
        "matroska" => "mkv",
        "mpeg" => "mpegps",
        var other => other,
    };
}
