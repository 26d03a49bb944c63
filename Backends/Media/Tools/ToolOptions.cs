using System.ComponentModel.DataAnnotations;

namespace Ingestion.Backends.Media.Tools;

/// <summary>Limits of one run of ffprobe or ffmpeg, and of a source.</summary>
public sealed class ToolOptions
{
    /// <summary>Address space of a run. What needs more ends as <c>media_too_demanding</c>.</summary>
    [Range(512, 65536)]
    public int MemoryMebibytes { get; set; } = 1024;

    /// <summary>Processor time of a run.</summary>
    [Range(1, 3600)]
    public int CpuSeconds { get; set; } = 30;

    /// <summary>A run that for this long uses no processor and reads nothing from the store is ended, and retried.</summary>
    [Range(1, 600)]
    public int StallSeconds { get; set; } = 10;

    /// <summary>A run that lasts longer is ended, and retried.</summary>
    [Range(1, 3600)]
    public int TotalSeconds { get; set; } = 60;

    /// <summary>Pixels of a picture, in millions.</summary>
    [Range(1, 1000)]
    public int MaxMegapixels { get; set; } = 40;

    /// <summary>Pixels of one side of a picture.</summary>
    [Range(16, 65535)]
    public int MaxSide { get; set; } = 8192;

    /// <summary>
    /// Pixels of a video that are decoded to look for damage, in millions; 0: no bound. A video with more is decoded in eight places, half as many in all.
    /// </summary>
    [Range(0, 10_000_000)]
    public int DecodeMegapixels { get; set; } = 640;

    /// <summary>Tracks of all kinds in a source.</summary>
    [Range(1, 10000)]
    public int MaxStreams { get; set; } = 64;
}
