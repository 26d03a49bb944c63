using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Media.Corpus;

/// <summary>A file of the corpus: how it is made, and what is true of it.</summary>
/// <param name="Name">Of the file; its ending chooses ffmpeg's format unless the arguments do.</param>
/// <param name="Arguments">Of ffmpeg, without the output. Empty: it is made of <paramref name="From"/> by <see cref="Edit"/>.</param>
/// <param name="From">Other files that it is made of, by name.</param>
internal sealed record MediaFile(string Name, string[] Arguments, params string[] From)
{
    /// <summary>Makes the bytes from those of the first file in <see cref="From"/>.</summary>
    public Func<byte[], byte[]>? Edit { get; init; }

    /// <summary>Why its upload is refused by its first bytes; null when it is taken.</summary>
    public string? Refused { get; init; }

    /// <summary>Why the video fails; null when it becomes ready.</summary>
    public string? Failed { get; init; }

    public string Container { get; init; } = "mp4";

    public string Video { get; init; } = "h264";

    public string? Audio { get; init; }

    /// <summary>Size as shown.</summary>
    public (int Width, int Height) Shown { get; init; } = (320, 180);

    /// <summary>Size as stored; the same as shown when not given.</summary>
    public (int Width, int Height)? Coded { get; init; }

    /// <summary>Size of the poster; as shown when not given.</summary>
    public (int Width, int Height)? Poster { get; init; }

    /// <summary>Null: not known.</summary>
    public double? Seconds { get; init; } = 2;

    public double Tolerance { get; init; } = 0.1;

    public int Rotation { get; init; }

    public string? Hdr { get; init; }

    public bool? Interlaced { get; init; } = false;

    public string[] Warnings { get; init; } = [];

    /// <summary>Mean luma of the poster.</summary>
    public (int Least, int Most) Luma { get; init; } = (60, 200);

    /// <summary>The quarter of the poster that is the brightest: 0 top left, 1 top right, 2 bottom left, 3 bottom right. Null: not looked at.</summary>
    public int? Brightest { get; init; }

    /// <summary>What else is true.</summary>
    public Action<MediaInfo> Also { get; init; } = _ => { };

    public override string ToString() => Name;
}
