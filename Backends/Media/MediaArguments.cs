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

    /// <summary>A report in JSON of what a source is. Only what is needed: tags of the file can be megabytes.</summary>
    public static IReadOnlyList<string> Probe(MediaSource source, ToolOptions limits) =>
    [
        "-v", "error", .. Input(source, limits), "-print_format", "json",
        "-show_entries", "format=format_name,duration:stream=index,codec_type,codec_name,width,height:stream_disposition=attached_pic", source.Address,
    ];

    /// <summary>One picture as JPEG. The stream is the measured one: not a cover picture.</summary>
    public static IReadOnlyList<string> Poster(MediaSource source, double second, ToolOptions limits) =>
    [
        "-v", "error", "-nostdin", "-filter_threads", Threads, .. Input(source, limits), "-ss", second.ToString("0.###", CultureInfo.InvariantCulture), "-i",
            source.Address,
        "-map", "0:V:0", "-frames:v", "1", "-vf", $"scale=w={Bounded("iw")}:h={Bounded("ih")}",
        "-threads", Threads, "-q:v", "4", "-f", "mjpeg", "pipe:1",
    ];

    // Smaller by one factor, then down to an even number. The filter's own force_divisible_by comes to 0 for a film of 2000 × 2.
    private static string Bounded(string side) => $"'max(2,2*floor({side}*min(1,min({PosterSide}/iw,{PosterSide}/ih))/2))'";

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
