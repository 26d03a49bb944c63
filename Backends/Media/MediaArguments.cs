using System.Globalization;
using Ingestion.Backends.Media.Tools;

namespace Ingestion.Backends.Media;

/// <summary>Command lines of ffprobe and ffmpeg.</summary>
internal static class MediaArguments
{
    /// <summary>Both sides of a poster.</summary>
    public const int PosterSide = 1280;

    // One picture is decoded. Each further thread holds pictures of its own: with two, a 10-bit video of 8192 × 4320 no longer fits into 1 GiB.
    private const string Threads = "1";

    // Formats whose files hold all there is. Where the container is not known here (Ingestion:Uploads:RequireKnownContainer=false) the tools may guess, but
    // only among these: dash, hls, concat, image2, sdp and their like open whatever the file names.
    private const string SelfContained = "mov,matroska,avi,flv,ogg,asf,mpeg,mpegts,mpegvideo,mxf,dv,h264,hevc,m4v,obu,ivf,gif,nut,rm,swf,vc1,yuv4mpegpipe";

    // Decoders of what cameras, phones, browsers and editors write. What an upload may not choose, it can't attack.
    private const string Decoders =
        "h264,hevc,av1,libdav1d,libaom-av1,vp8,vp9,libvpx,libvpx-vp9,mpeg1video,mpeg2video,mpeg4,h261,h263,h263i,h263p,flv,theora,mjpeg,mjpegb,"
        + "png,prores,dnxhd,dvvideo,cfhd,ffv1,huffyuv,ffvhuff,utvideo,rawvideo,v210,msmpeg4,msmpeg4v1,msmpeg4v2,wmv1,wmv2,wmv3,vc1,"
        + "svq1,svq3,qtrle,rpza,cinepak,indeo3,rv10,rv20,rv30,rv40,vp3,vp6,vp6a,vp6f,flashsv,flashsv2,jpeg2000,libopenjpeg,gif,hap,"
        + "aac,aac_latm,ac3,eac3,mp1float,mp2float,mp3float,mp1,mp2,mp3,opus,libopus,vorbis,libvorbis,flac,alac,dca,truehd,amrnb,amrwb,"
        + "libopencore_amrnb,libopencore_amrwb,wmav1,wmav2,wmapro,wmalossless,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_swf,nellymoser,speex,libspeex,"
        + "qdm2,cook,pcm_s8,pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,"
        + "pcm_alaw,pcm_mulaw,pcm_dvd,pcm_bluray,mov_text,webvtt,subrip,srt,ass,dvdsub,dvbsub";

    private const string Facts =
        "format=format_name,start_time,duration,size,bit_rate:stream=codec_type,codec_name,profile,width,height,sample_aspect_ratio,pix_fmt,"
        + "bits_per_raw_sample,color_range,color_space,color_transfer,color_primaries,field_order,avg_frame_rate,nb_frames,sample_rate,channels:"
        + "stream_disposition=default,forced,attached_pic:stream_side_data=side_data_type,rotation,dv_profile";

    private const string Tags = ":stream_tags=language:format_tags=major_brand,creation_time";

    /// <summary>A report in JSON of what a source is.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="limits">Bounds of the run.</param>
    /// <param name="withTags">Not when they have proved to be too long: a file may have megabytes of them.</param>
    public static IReadOnlyList<string> Probe(MediaSource source, ToolOptions limits, bool withTags = true) =>
    [
        "-v", "error", .. Input(source, limits), "-print_format", "json", "-show_entries", withTags ? Facts + Tags : Facts, source.Address,
    ];

    /// <summary>
    /// Times of packets, a line each: of all tracks, read from the key picture before <paramref name="from"/> to <paramref name="to"/> or the end.
    /// </summary>
    public static IReadOnlyList<string> Packets(MediaSource source, double from, double? to, ToolOptions limits) =>
        PacketTimes(source, $"{Text(from)}%{(to is { } end ? Text(end) : "")}", limits);

    /// <summary>Time, length, place and size of every packet of all tracks, a line each, and what the reader complains of.</summary>
    public static IReadOnlyList<string> AllPackets(MediaSource source, ToolOptions limits) =>
    [
        "-v", "warning", .. Input(source, limits), "-print_format", "csv=print_section=0",
        "-show_entries", "packet=pts_time,duration_time,size,pos", source.Address,
    ];

    /// <summary>The time of the first packet of the video: nothing when there is none in the whole file.</summary>
    public static IReadOnlyList<string> FirstPacket(MediaSource source, ToolOptions limits) =>
        ["-select_streams", "V:0", .. PacketTimes(source, "%+#1", limits)];

    /// <summary>Decodes a stretch and shows nothing: how far it came is printed, and what is wrong with the pictures.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="stretch">Which part, from the key picture before it.</param>
    /// <param name="limits">Bounds of the run.</param>
    public static IReadOnlyList<string> Decode(MediaSource source, Stretch stretch, ToolOptions limits) =>
    [
        // A packet that the end of the file cuts is no damage.
        "-v", "warning", "-nostdin", "-filter_threads", Threads, .. Input(source, limits), "-fflags", "+discardcorrupt", "-noautorotate",
        .. stretch.From > 0 ? ["-noaccurate_seek", "-ss", Text(stretch.From)] : Array.Empty<string>(),
        .. stretch.Seconds is { } most ? ["-t", Text(most)] : Array.Empty<string>(), "-i", source.Address,
        "-map", "0:V:0", "-fps_mode", "passthrough", "-threads", Threads, "-f", "null", "-progress", "pipe:1", "-nostats", "-stats_period", "3600", "-",
    ];

    /// <summary>One picture as JPEG. The stream is the measured one: not a cover picture.</summary>
    public static IReadOnlyList<string> Poster(MediaSource source, PosterAttempt attempt, string filters, ToolOptions limits) =>
    [
        "-v", "error", "-nostdin", "-filter_threads", Threads, .. Input(source, limits),
        .. attempt.KeysOnly ? ["-skip_frame", "nokey", "-noaccurate_seek"] : Array.Empty<string>(),
        .. attempt.Second > 0 ? ["-ss", Text(attempt.Second)] : Array.Empty<string>(),
        .. attempt.Window is { } window ? ["-t", Text(window)] : Array.Empty<string>(), "-i", source.Address,
        // A key picture before the wanted second has a negative time; it would be dropped to keep the pace.
        "-map", "0:V:0", "-frames:v", "1", .. attempt.IsPlain ? Array.Empty<string>() : ["-fps_mode", "passthrough"],
        "-vf", filters, "-threads", Threads, "-q:v", "4", "-f", "mjpeg", "pipe:1",
    ];

    private static IReadOnlyList<string> PacketTimes(MediaSource source, string interval, ToolOptions limits) =>
    [
        "-v", "error", .. Input(source, limits), "-read_intervals", interval, "-print_format", "csv=print_section=0",
        "-show_entries", "packet=pts_time,dts_time,duration_time", source.Address,
    ];

    private static string Text(double seconds) => seconds.ToString("0.###", CultureInfo.InvariantCulture);

    private static IReadOnlyList<string> Input(MediaSource source, ToolOptions limits) =>
    [
        .. Format(source.Container),
        "-protocol_whitelist", source.IsFile ? "file" : "http,tcp",
        "-codec_whitelist", Decoders,
        "-max_streams", $"{limits.MaxStreams}",
        "-max_pixels", $"{limits.MaxMegapixels * 1_000_000L}",
        // One allocation; the address space bounds them together.
        "-max_alloc", $"{limits.MemoryMebibytes * 1024L * 1024 / 2}",
        "-threads", Threads,
    ];

    /// <summary>Both, as the list also holds for a format within the format.</summary>
    private static string[] Format(ContainerFormat? container) =>
        container is { Demuxer: var demuxer } ? ["-f", demuxer, "-format_whitelist", demuxer] : ["-format_whitelist", SelfContained];
}
