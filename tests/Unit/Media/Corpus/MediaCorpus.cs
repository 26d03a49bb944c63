using static Ingestion.Tests.Unit.Media.Corpus.Recipes;

namespace Ingestion.Tests.Unit.Media.Corpus;

/// <summary>Files as phones, cameras, browsers, editors and broken networks make them.</summary>
internal static class MediaCorpus
{
    public static IReadOnlyList<MediaFile> All { get; } =
    [
        .. Containers(), .. Codecs(), .. Shapes(), .. Colours(), .. Broken(), .. Long(), .. Streams(), .. Pictures(), .. Tracks(), .. NotTaken(),
    ];

    private static IEnumerable<MediaFile> Containers() =>
    [
        new("base.mp4", [.. Scene(), .. Sound(), .. H264, "-c:a", "aac", "-shortest"])
        {
            Audio = "aac",
            Also = media =>
            {
                Assert.Equal((25.0, "yuv420p", 8, "16:9"), (media.FrameRate, media.PixelFormat, media.BitDepth, media.AspectRatio));
                Assert.Equal((1, 44100), (media.AudioChannels, media.AudioSampleRate));
                Assert.Equal(["video", "audio"], media.Tracks.Select(track => track.Type));
                Assert.InRange(media.BitRate!.Value, 50_000, 5_000_000);
                Assert.NotNull(media.Profile);
                Assert.Equal("whole", media.Decoded);
                Assert.Null(media.RecordedAt);
            },
        },
        new("faststart.mp4", ["-i", "base.mp4", "-c", "copy", "-movflags", "+faststart"], "base.mp4") { Audio = "aac" },
        new("frag.mp4", ["-i", "base.mp4", "-c", "copy", "-movflags", "empty_moov+frag_keyframe+default_base_moof"], "base.mp4") { Audio = "aac" },
        new("noaudio.mp4", [.. Scene(), .. H264]) { Also = media => Assert.Single(media.Tracks) },
        new("base.mov", ["-i", "base.mp4", "-c", "copy"], "base.mp4") { Audio = "aac", Container = "mov" },
        new("base.m4v", ["-i", "base.mp4", "-c", "copy", "-f", "mp4", "-brand", "M4V "], "base.mp4") { Audio = "aac" },
        new("base.mkv", ["-i", "base.mp4", "-c", "copy"], "base.mp4") { Audio = "aac", Container = "mkv" },
        new("base.avi", [.. Scene(), "-c:v", "mpeg4"]) { Container = "avi", Video = "mpeg4", Interlaced = null },
        new("motion-jpeg.avi", [.. Scene(), "-c:v", "mjpeg", "-pix_fmt", "yuvj420p"])
        {
            Container = "avi", Video = "mjpeg", Interlaced = null, Also = media => Assert.Equal("full", media.ColorRange),
        },
        new("windows.wmv", [.. Scene(), .. Sound(), "-c:v", "wmv2", "-c:a", "wmav2", "-f", "asf", "-shortest"])
        {
            Container = "asf", Video = "wmv2", Audio = "wmav2", Interlaced = null, Tolerance = 0.3,
        },
        new("flash.flv", [.. Scene(), "-c:v", "flv"]) { Container = "flv", Video = "flv1", Interlaced = null },
        new("theora.ogv", [.. Scene(), .. Sound(), "-c:v", "libtheora", "-c:a", "libvorbis", "-shortest"])
        {
            Container = "ogg", Video = "theora", Audio = "vorbis", Interlaced = null,
        },
        new("phone.3gp", [.. Scene(), .. Sound(), "-vf", "scale=352:288", "-r", "15", "-c:v", "h263", "-c:a", "aac", "-ar", "8000", "-shortest"])
        {
            Container = "3gp", Video = "h263", Audio = "aac", Shown = (512, 288), Coded = (352, 288), Tolerance = 0.3,
            Also = media => Assert.Equal("16:11", media.SampleAspectRatio),
        },
        new("camera.mxf", [.. Scene("testsrc2=s=1280x720:r=25:d=1"), "-c:v", "mpeg2video", "-b:v", "5M"])
        {
            Container = "mxf", Video = "mpeg2video", Shown = (1280, 720), Seconds = 1,
        },
        new("camera.dv", [.. Scene("testsrc2=s=720x576:r=25:d=1"), "-target", "pal-dv"])
        {
            Container = "dv", Video = "dvvideo", Shown = (768, 576), Coded = (720, 576), Seconds = 1, Interlaced = null,
        },
        new("trailing.mp4", [], "base.mp4") { Edit = bytes => [.. bytes, .. new byte[10_000]], Audio = "aac" },
    ];

    private static IEnumerable<MediaFile> Codecs() =>
    [
        new("vp9.webm", [.. Scene(), .. Sound(), .. Vp9, "-c:a", "libopus", "-shortest"]) { Container = "webm", Video = "vp9", Audio = "opus" },
        new("vp8.webm", [.. Scene(), .. Vp8]) { Container = "webm", Video = "vp8" },
        new("av1.mp4", [.. Scene("testsrc2=s=320x180:r=25:d=1"), "-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "lp=1"])
        {
            Video = "av1", Seconds = 1,
        },
        new("hevc.mp4", [.. Scene(), .. H265()]) { Video = "hevc" },
        new("ten-bits.mp4", [.. Scene(), .. H264[..^1], "yuv420p10le"]) { Also = media => Assert.Equal((10, "High 10"), (media.BitDepth, media.Profile)) },
        new("all-colours.mp4", [.. Scene(), .. H264[..^1], "yuv444p"]) { Also = media => Assert.Equal("yuv444p", media.PixelFormat) },
        new("editor.mov", [.. Scene("testsrc2=s=320x180:r=25:d=1"), "-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le"])
        {
            Container = "mov", Video = "prores", Seconds = 1,
        },
        new("archive.mkv", [.. Scene("testsrc2=s=320x180:r=25:d=1"), "-c:v", "ffv1"]) { Container = "mkv", Video = "ffv1", Seconds = 1 },
        new("slow.mp4", [.. Scene("testsrc2=s=320x180:r=1:d=4"), .. H264]) { Seconds = 4, Also = media => Assert.Equal(1, media.FrameRate) },
        new("fast.mp4", [.. Scene("testsrc2=s=160x90:r=240:d=1"), .. H264])
        {
            Shown = (160, 90), Seconds = 1, Also = media => Assert.Equal(240, media.FrameRate),
        },
        new("film.mp4", [.. Scene("testsrc2=s=320x180:r=24000/1001:d=2"), .. H264]) { Also = media => Assert.Equal(23.976, media.FrameRate) },
    ];

    private static IEnumerable<MediaFile> Shapes() =>
    [
        new("corner.mp4", [.. Scene(Corner("320x180")), .. H264]) { Brightest = 0, Luma = (50, 250) },
        Turned(90, (180, 320)), Turned(180, (320, 180)), Turned(270, (180, 320)),
        new("wide-pixels.mp4", [.. Scene("testsrc2=s=720x576:r=25:d=1"), "-vf", "setsar=64/45", .. H264])
        {
            Shown = (1024, 576), Coded = (720, 576), Seconds = 1,
            Also = media => Assert.Equal(("64:45", "16:9"), (media.SampleAspectRatio, media.AspectRatio)),
        },
        new("narrow-pixels.mp4", [.. Scene("testsrc2=s=720x480:r=25:d=1"), "-vf", "setsar=8/9", .. H264])
        {
            Shown = (640, 480), Coded = (720, 480), Seconds = 1, Also = media => Assert.Equal("4:3", media.AspectRatio),
        },
        new("wide-turned.mov", ["-i", "wide-pixels.mp4", "-c", "copy", "-metadata:s:v", "rotate=90"], "wide-pixels.mp4")
        {
            Container = "mov", Shown = (576, 1024), Coded = (720, 576), Seconds = 1, Rotation = 270, Also = media => Assert.Equal("9:16", media.AspectRatio),
        },
        new("absurd-pixels.mkv", [.. Scene(), "-vf", "setsar=100/1", "-c:v", "ffv1"])
        {
            Container = "mkv", Video = "ffv1", Also = media => Assert.Null(media.SampleAspectRatio),
        },
        new("odd.webm", [.. Scene("testsrc=s=853x481:r=25:d=1"), .. Vp9, "-pix_fmt", "yuv420p"])
        {
            Container = "webm", Video = "vp9", Shown = (853, 481), Poster = (852, 480), Seconds = 1,
        },
        new("large.mp4", [.. Scene("testsrc2=s=2560x1440:r=25:d=1"), "-frames:v", "5", .. H264])
        {
            Shown = (2560, 1440), Poster = (1280, 720), Seconds = 0.2,
        },
        new("tall.mp4", [.. Scene("testsrc2=s=320x1600:r=25:d=1"), .. H264]) { Shown = (320, 1600), Poster = (256, 1280), Seconds = 1 },
    ];

    private static MediaFile Turned(int degrees, (int Width, int Height) shown) =>
        new($"turned-{degrees}.mov", ["-i", "corner.mp4", "-c", "copy", "-metadata:s:v", $"rotate={degrees}"], "corner.mp4")
        {
            Container = "mov", Shown = shown, Coded = (320, 180), Luma = (50, 250),
            // ffmpeg counts counterclockwise, so its 90 is a quarter turn to the left: the corner comes to the bottom.
            Rotation = (360 - degrees) % 360, Brightest = degrees switch { 90 => 2, 180 => 3, _ => 1 },
        };

    private static IEnumerable<MediaFile> Colours() =>
    [
        // A grey of 0x90 is 174 cd/m² by the PQ curve; hable's curve and BT.1886 make 185 of it. Untouched, it would be 144. Greys lie in every gamut,
        // so that clipping of colours has no say: of a picture with colours two machines made different brightnesses.
        new("hdr-pq.mp4", [.. Scene(Grey(0x90)), .. Hdr("smpte2084", "hdr10=1:transfer=smpte2084")])
        {
            Video = "hevc", Hdr = "pq", Luma = (178, 192),
            Also = media =>
            {
                Assert.Equal(("bt2020", "smpte2084", "bt2020nc", "limited"), (media.ColorPrimaries, media.ColorTransfer, media.ColorMatrix, media.ColorRange));
                Assert.Equal((10, "Main 10"), (media.BitDepth, media.Profile));
            },
        },
        // HLG is made to look right on a display that doesn't know it, so its grey stays near itself, at 140. By the curve of PQ it would be 185.
        new("hdr-hlg.mov", [.. Scene(Grey(0x90)), .. Hdr("arib-std-b67", "transfer=arib-std-b67")])
        {
            Container = "mov", Video = "hevc", Hdr = "hlg", Luma = (133, 147),
        },
        // A display of 0.0001 candela and a brightest pixel of none.
        new("hdr-absurd.mp4", [.. Scene(Grey(0x90)), .. Hdr("smpte2084",
            "hdr10=1:transfer=smpte2084:master-display=G(0,0)B(0,0)R(0,0)WP(0,0)L(1,1):max-cll=65535,65535")])
        {
            Video = "hevc", Hdr = "pq", Luma = (178, 192),
        },
        // The curve alone: matrix and primaries are not given.
        new("hdr-bare.mkv", [.. Scene(Grey(0x90)), .. H265("transfer=smpte2084")[..^1], "yuv420p10le"])
        {
            Container = "mkv", Video = "hevc", Hdr = "pq", Luma = (178, 192),
        },
        // A matrix that can't be: the poster is untouched.
        new("hdr-odd.mkv", [.. Scene(), .. H265("transfer=smpte2084:colorprim=film:colormatrix=ycgco")[..^1], "yuv420p10le"])
        {
            Container = "mkv", Video = "hevc", Hdr = "pq", Luma = (30, 200),
        },
        new("fields.mpg", [.. Scene("testsrc2=s=720x480:r=60000/1001:d=1"), "-vf", "interlace=scan=tff:lowpass=0", "-c:v", "mpeg2video", "-b:v", "4M",
            "-flags", "+ildct+ilme", "-f", "vob"])
        {
            Container = "mpegps", Video = "mpeg2video", Shown = (720, 480), Seconds = 1, Interlaced = true,
        },
        new("fields.ts", [.. Scene("testsrc2=s=1440x1080:r=25:d=1"), "-vf", "setsar=4/3", "-c:v", "mpeg2video", "-b:v", "3M", "-flags", "+ildct+ilme",
            "-top", "1", "-f", "mpegts"])
        {
            Container = "mpegts", Video = "mpeg2video", Shown = (1920, 1080), Coded = (1440, 1080), Poster = (1280, 720), Seconds = 1, Interlaced = true,
        },
        new("fields.mp4", [.. Scene("testsrc2=s=320x240:r=50:d=2"), "-vf", "interlace=scan=tff:lowpass=0", .. H264, "-x264-params", "tff=1"])
        {
            Shown = (320, 240), Interlaced = true,
        },
    ];

    private static IEnumerable<MediaFile> Broken() =>
    [
        new("cut.mp4", [], "faststart.mp4") { Edit = bytes => bytes[..(bytes.Length / 3)], Audio = "aac", Warnings = ["media_truncated"] },
        new("cut-fragment.mp4", [], "frag.mp4") { Edit = bytes => bytes[..(bytes.Length / 2)], Audio = "aac", Warnings = ["media_truncated"] },
        new("cut.mkv", [], "base.mkv") { Edit = bytes => bytes[..(bytes.Length / 2)], Container = "mkv", Audio = "aac", Warnings = ["media_truncated"] },
        new("cut.webm", [], "vp9.webm")
        {
            Edit = bytes => bytes[..(bytes.Length / 2)], Container = "webm", Video = "vp9", Audio = "opus", Warnings = ["media_truncated"],
        },
        new("cut.avi", [], "motion-jpeg.avi")
        {
            // ffprobe takes the half that is there for all of it, by the bit rate.
            Edit = bytes => bytes[..(bytes.Length / 2)], Container = "avi", Video = "mjpeg", Interlaced = null, Seconds = 1, Warnings = ["media_truncated"],
        },
        new("barely-cut.mp4", [], "faststart.mp4") { Edit = bytes => bytes[..(bytes.Length * 97 / 100)], Audio = "aac" },
        new("damaged.mp4", [], "base.mp4") { Edit = Damage, Audio = "aac", Warnings = ["media_damaged"] },
        new("damaged-hevc.mp4", [], "hevc.mp4") { Edit = Damage, Video = "hevc", Warnings = ["media_damaged"] },
        // What is behind the damage can't be found any more.
        new("damaged.mkv", [], "base.mkv") { Edit = Damage, Container = "mkv", Audio = "aac", Warnings = ["media_truncated", "media_damaged"] },
        new("no-packet.mp4", ["-i", "base.mp4", "-t", "0", "-c", "copy", "-movflags", "empty_moov"], "base.mp4") { Failed = "no_video_stream" },
        new("no-index.mp4", [], "base.mp4") { Edit = bytes => bytes[..^4000], Failed = "media_unreadable" },
        new("head.mp4", [], "base.mp4") { Edit = bytes => bytes[..48], Failed = "media_unreadable" },
    ];

    // Too long to be decoded whole in this test.
    private static IEnumerable<MediaFile> Long() =>
    [
        LongOne("minute.mp4", [.. Scene("testsrc=s=160x90:r=10:d=60"), "-f", "lavfi", "-i", "sine=440:d=60", .. H264, "-g", "50", "-c:a", "aac", "-b:a", "32k"])
            with { Seconds = 60, Also = media => Assert.Equal("whole", media.Decoded) },
        LongOne("long.mp4", ["-stream_loop", "19", "-i", "minute.mp4", "-c", "copy", "-movflags", "+faststart"], "minute.mp4"),
        LongOne("long.ts", Remux("mpegts"), "long.mp4"),
        LongOne("long.mkv", Remux("matroska"), "long.mp4"),
        LongOne("long-fragments.mp4", [.. Remux("mp4"), "-movflags", "empty_moov+frag_keyframe+default_base_moof"], "long.mp4"),
        LongOne("open-groups.ts", [.. Scene("testsrc=s=160x90:r=25:d=40"), "-f", "lavfi", "-i", "sine=440:d=40", "-c:v", "mpeg2video", "-bf", "2", "-g", "15",
            "-c:a", "mp2"]) with { Video = "mpeg2video", Audio = "mp2", Seconds = 40 },
        LongOne("refresh.ts", [.. Scene("testsrc=s=160x90:r=25:d=40"), "-f", "lavfi", "-i", "sine=440:d=40", .. H264, "-x264-params", "intra-refresh=1:keyint=50",
            "-c:a", "aac"]) with { Seconds = 40 },
        Hurt("long-noise-middle.mp4", "long.mp4", 0.5, 0.7, Noise),
        Hurt("long-noise-end.mp4", "long.mp4", 0.8, 0.97, Noise),
        Hurt("long-zeros-middle.mp4", "long.mp4", 0.4, 0.65, length => new byte[length]),
        Hurt("long-noise-middle.ts", "long.ts", 0.4, 0.65, Noise),
        Hurt("long-zeros-middle.ts", "long.ts", 0.4, 0.65, length => new byte[length]),
        Hurt("long-hole.ts", "long.ts", 0.4, 0.65, _ => []),
        Hurt("long-hole.mkv", "long.mkv", 0.4, 0.65, _ => []),
        // What is behind a fragment that can't be read is never found: the duration is that of the first part.
        Hurt("long-hole-fragments.mp4", "long-fragments.mp4", 0.4, 0.65, _ => []) with { Seconds = 480, Tolerance = 30 },
        Hurt("long-zeros-fragments.mp4", "long-fragments.mp4", 0.4, 0.65, length => new byte[length]) with { Seconds = 480, Tolerance = 30 },
    ];

    private static MediaFile LongOne(string name, string[] arguments, params string[] from) => new(name, arguments, from)
    {
        Container = Path.GetExtension(name) is ".ts" ? "mpegts" : Path.GetExtension(name)[1..], Audio = "aac", Shown = (160, 90), Seconds = 1200, Tolerance = 2,
        Also = media => Assert.Equal("sampled", media.Decoded),
    };

    private static MediaFile Hurt(string name, string from, double begin, double end, Func<int, byte[]> with) => LongOne(name, [], from) with
    {
        Edit = bytes => [.. bytes[..(int)(bytes.Length * begin)], .. with((int)(bytes.Length * (end - begin))), .. bytes[(int)(bytes.Length * end)..]],
        Warnings = ["media_damaged"],
    };

    private static IEnumerable<MediaFile> Streams() =>
    [
        new("recorder.webm", [.. Scene(), .. Sound(), .. Vp9, "-c:a", "libopus", "-shortest", "-f", "webm", "pipe:1"])
        {
            Container = "webm", Video = "vp9", Audio = "opus", Also = media => Assert.NotNull(media.BitRate),
        },
        new("live.webm", [.. Scene(), .. Vp8, "-f", "webm", "-live", "1", "-cluster_time_limit", "500", "pipe:1"]) { Container = "webm", Video = "vp8" },
        new("live.mkv", ["-i", "base.mp4", "-c", "copy", "-f", "matroska", "-live", "1", "pipe:1"], "base.mp4") { Container = "mkv", Audio = "aac" },
        new("one-group.ts", ["-i", "base.mp4", "-c", "copy", "-f", "mpegts"], "base.mp4") { Container = "mpegts", Audio = "aac" },
        new("avchd.mts", ["-i", "base.mp4", "-c", "copy", "-f", "mpegts", "-mpegts_m2ts_mode", "1"], "base.mp4") { Container = "mpegts", Audio = "aac" },
        new("between-packets.ts", [], "one-group.ts") { Edit = bytes => bytes[100..], Container = "mpegts", Audio = "aac" },
        new("between-packets.mts", [], "avchd.mts") { Edit = bytes => bytes[150..], Container = "mpegts", Audio = "aac" },
        new("clock-wraps.ts", ["-i", "base.mp4", "-c", "copy", "-output_ts_offset", "95442", "-f", "mpegts"], "base.mp4")
        {
            Container = "mpegts", Audio = "aac", Seconds = 2,
        },
        new("cut.ts", [], "one-group.ts")
        {
            Edit = bytes => bytes[..(bytes.Length * 3 / 4)], Container = "mpegts", Audio = "aac", Seconds = 1.5, Tolerance = 0.4,
        },
        new("stream.m2v", [.. Scene(), "-c:v", "mpeg2video"]) { Container = "mpegvideo", Video = "mpeg2video" },
    ];

    private static IEnumerable<MediaFile> Pictures() =>
    [
        new("cover.png", [.. Scene("color=red:s=600x600"), "-frames:v", "1"]) { Refused = "image_only" },
        new("cover-first.mp4", ["-i", "cover.png", "-i", "base.mp4", "-map", "0", "-map", "1", "-c:v:0", "png", "-c:v:1", "copy", "-c:a", "copy",
            "-disposition:v:0", "attached_pic"], "cover.png", "base.mp4")
        {
            Audio = "aac", Also = media => Assert.Contains("image", media.Tracks.Select(track => track.Type)),
        },
        new("still.jpg", [.. Scene("testsrc2=s=320x180"), "-frames:v", "1", "-pix_fmt", "yuvj420p"]) { Refused = "image_only" },
        new("still.mp4", ["-i", "still.jpg", "-c", "copy"], "still.jpg") { Video = "mjpeg", Seconds = 0.04, Interlaced = null },
        new("still.mkv", ["-i", "still.jpg", "-c", "copy"], "still.jpg") { Container = "mkv", Video = "mjpeg", Seconds = 0.04, Interlaced = null },
        new("black-intro.mp4", [.. Scene("testsrc2=s=320x180:r=25:d=30,drawbox=t=fill:color=black:enable='lt(t,4)'"), .. H264]) { Seconds = 30 },
        new("black-half.mp4", [.. Scene("testsrc2=s=160x90:r=5:d=80,drawbox=t=fill:color=black:enable='lt(t,45)'"), .. H264])
        {
            Shown = (160, 90), Seconds = 80,
        },
        new("fade-in.mp4", [.. Scene("testsrc2=s=320x180:r=25:d=4,fade=in:0:50"), .. H264, "-g", "250"]) { Seconds = 4 },
        new("night.mp4", [.. Scene("color=black:s=320x180:r=25:d=3,drawbox=x=20:y=20:w=60:h=60:t=fill:color=white:enable='gte(t,1)'"), .. H264])
        {
            Seconds = 3, Luma = (5, 60), Brightest = 0,
        },
        new("all-black.mp4", [.. Scene("color=black:s=320x180:r=25:d=3"), .. H264]) { Seconds = 3, Luma = (0, 20) },
    ];

    private static IEnumerable<MediaFile> Tracks() =>
    [
        new("languages.mkv", ["-i", "base.mp4", "-i", "words.srt", "-map", "0:v", "-map", "0:a", "-map", "0:a", "-map", "1", "-c", "copy", "-c:s", "srt",
            "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ger", "-disposition:a:0", "default", "-disposition:a:1", "0",
            "-metadata:s:s:0", "language=fre", "-disposition:s:0", "forced"], "base.mp4", "words.srt")
        {
            Container = "mkv", Audio = "aac",
            Also = media =>
            {
                Assert.Equal([null, "eng", "ger", "fre"], media.Tracks.Select(track => track.Language));
                Assert.Equal([true, false], media.Tracks.Where(track => track.Type == "audio").Select(track => track.IsDefault));
                Assert.Equal(("subtitle", "subrip", true), (media.Tracks[3].Type, media.Tracks[3].Codec, media.Tracks[3].IsForced));
            },
        },
        new("words.srt", []) { Edit = _ => [.. "1\n00:00:00,000 --> 00:00:01,000\nHello.\n"u8], Refused = "not_a_video" },
        new("surround.mp4", [.. Scene(), "-f", "lavfi", "-i", "anullsrc=cl=5.1:r=48000:d=2", .. H264, "-c:a", "ac3", "-shortest"])
        {
            Audio = "ac3", Also = media => Assert.Equal((6, 48000), (media.AudioChannels, media.AudioSampleRate)),
        },
        new("many-sounds.mp4",
            ["-i", "base.mp4", "-map", "0:v", .. Enumerable.Repeat<string[]>(["-map", "0:a"], 60).SelectMany(map => map), "-c", "copy"], "base.mp4")
        {
            Audio = "aac", Also = media => Assert.Equal(61, media.Tracks.Count),
        },
        new("dated.mov", ["-i", "base.mp4", "-c", "copy", "-metadata", "creation_time=2025-01-02T03:04:05Z", "-metadata", "location=+48.1-011.5/"], "base.mp4")
        {
            Container = "mov", Audio = "aac", Also = media => Assert.Equal(new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero), media.RecordedAt),
        },
        new("no-clock.mov", ["-i", "base.mp4", "-c", "copy", "-metadata", "creation_time=1970-01-01T00:00:00Z"], "base.mp4")
        {
            Container = "mov", Audio = "aac", Also = media => Assert.Null(media.RecordedAt),
        },
        new("long-tags.mkv", ["-i", "base.mp4", "-c", "copy", "-metadata:s:a:0", $"language={new string('x', 100_000)}"], "base.mp4")
        {
            Container = "mkv", Audio = "aac", Also = media => Assert.All(media.Tracks, track => Assert.Null(track.Language)),
        },
    ];

    private static IEnumerable<MediaFile> NotTaken() =>
    [
        new("raw.h264", ["-i", "noaudio.mp4", "-c", "copy", "-f", "h264"], "noaudio.mp4") { Refused = "raw_stream" },
        new("raw.h265", ["-i", "hevc.mp4", "-c", "copy", "-f", "hevc"], "hevc.mp4") { Refused = "raw_stream" },
        new("moving.gif", [.. Scene("testsrc2=s=160x90:r=5:d=1")]) { Refused = "image_only" },
        new("picture.webp", ["-i", "still.jpg", "-c:v", "libwebp", "-f", "webp"], "still.jpg") { Refused = "image_only" },
        new("sound.m4a", [.. Sound(), "-c:a", "aac"]) { Refused = "audio_only" },
        new("sound.mp3", [.. Sound(), "-c:a", "libmp3lame"]) { Refused = "audio_only" },
        new("sound.wav", [.. Sound()]) { Refused = "audio_only" },
        new("sound.flac", [.. Sound()]) { Refused = "audio_only" },
        new("sound.webm", [.. Sound(), "-c:a", "libopus"]) { Refused = "audio_only" },
        new("sound.mka", [.. Sound(), "-c:a", "aac", "-f", "matroska"]) { Refused = "audio_only" },
        new("sound.ogg", [.. Sound(), "-c:a", "libopus"]) { Refused = "audio_only" },
        new("sound-fragments.mp4", [.. Sound(), "-c:a", "aac", "-movflags", "empty_moov+frag_keyframe+default_base_moof"]) { Refused = "audio_only" },
        // Its list of tracks stands at the end.
        new("sound.mp4", [.. Sound(), "-c:a", "aac"]) { Failed = "no_video_stream" },
    ];
}
