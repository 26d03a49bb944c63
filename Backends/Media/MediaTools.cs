using System.Globalization;
using Ingestion.Videos;

namespace Ingestion.Backends.Media;

/// <summary>ffprobe and ffmpeg, as far as processing needs them. One process a call, killed with its children on cancellation and timeout.</summary>
public sealed class MediaTools
{
    // ffprobe's report of a source with many streams stays well below; more is not a report.
    private const int LongestReport = 1024 * 1024;
    private const int LongestPoster = 4 * 1024 * 1024;
    private const int PosterWidth = 1280;

    // Probing reads headers, a poster decodes one frame: minutes mean that the tool hangs.
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(2);

    private readonly string _ffprobe;
    private readonly string _ffmpeg;

    /// <summary>Where ffmpeg is.</summary>
    public string FfmpegPath => _ffmpeg;

    private MediaTools(string ffprobe, string ffmpeg) => (_ffprobe, _ffmpeg) = (ffprobe, ffmpeg);

    /// <summary>The tools on PATH; null unless both are there.</summary>
    public static MediaTools? Find(string? path)
    {
        var folders = (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string? Locate(string name) => folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return Locate("ffprobe") is { } ffprobe && Locate("ffmpeg") is { } ffmpeg ? new MediaTools(ffprobe, ffmpeg) : null;
    }

    /// <summary>Measures a source. An answer without <see cref="MediaInfo"/> has the reason why it is no video that can be read.</summary>
    public async Task<(MediaInfo? Media, VideoError? Error)> ProbeAsync(string address, CancellationToken cancellationToken)
    {
        string[] arguments = ["-v", "error", "-protocol_whitelist", Protocols(address), "-print_format", "json", "-show_format", "-show_streams", address];
        var run = await ExternalProcess.RunAsync(_ffprobe, arguments, LongestReport, _timeout, cancellationToken);
        return run.ExitCode == 0
            ? ProbeReport.Read(run.Output)
            : (null, new VideoError("media_unreadable", "The file starts like a video but can't be read as one."));
    }

    /// <summary>A still picture (JPEG) from a tenth into the video; null when no frame can be decoded there.</summary>
    public async Task<byte[]?> MakePosterAsync(string address, MediaInfo media, CancellationToken cancellationToken)
    {
        var second = Math.Min((media.DurationSeconds ?? 0) / 10, 10).ToString("0.###", CultureInfo.InvariantCulture);
        string[] arguments =
        [
            "-v", "error", "-nostdin", "-protocol_whitelist", Protocols(address), "-ss", second, "-i", address,
            "-map", "0:v:0", "-frames:v", "1", "-vf", $"scale='min({PosterWidth},iw)':-2", "-q:v", "4", "-f", "mjpeg", "pipe:1",
        ];
        var run = await ExternalProcess.RunAsync(_ffmpeg, arguments, LongestPoster, _timeout, cancellationToken);
        return run is { ExitCode: 0, Output.Length: > 0 } ? run.Output : null;
    }

    // A container may name further files; it must never make ffmpeg open what the address itself does not need.
    private static string Protocols(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && !uri.IsFile ? "http,https,tcp,tls" : "file";
}
