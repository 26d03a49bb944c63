using System.Text;
using System.Text.Json;
using Ingestion.Backends.Media;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Media;

/// <summary>Reports as ffprobe prints them, shortened to what matters in each case.</summary>
public class ProbeReportTests
{
    private const string Video = """
        {"index":0,"codec_name":"h264","codec_type":"video","width":1920,"height":1080,"duration":"4.9",
        "disposition":{"default":1,"attached_pic":0}}
        """;
    private const string Audio = """
        {"index":1,"codec_name":"aac","codec_type":"audio","sample_rate":"44100","channels":2,
        "disposition":{"default":1,"attached_pic":0}}
        """;
    private const string Cover = """
        {"index":2,"codec_name":"mjpeg","codec_type":"video","width":600,"height":600,
        "disposition":{"default":0,"attached_pic":1}}
        """;
    private const string Data = """{"index":3,"codec_type":"data","codec_tag_string":"tmcd"}""";

    [Fact]
    public void Media_IsAsInTheReport_WhenThereAreVideoAndSound() =>
        Assert.Equal((5.005, 1920, 1080, "mp4", "h264", "aac"), Basics(Read([Video, Audio], Format("\"5.005000\"")).Media!));

    [Fact]
    public void Media_HasNoAudioCodec_WhenThereIsNoSound() => Assert.Null(Read([Data, Video], Format("\"5\"")).Media!.AudioCodec);

    [Fact]
    public void Media_IsOfTheFirstRealStream_WhenACoverComesFirst() =>
        Assert.Equal("h264", Read([Cover, Audio, Video], Format("\"5\"")).Media!.VideoCodec);

    [Theory]
    [InlineData("\"N/A\"")]
    [InlineData("\"\"")]
    [InlineData("\"nan\"")]
    [InlineData("\"inf\"")]
    [InlineData("null")]
    public void Duration_IsUnknown_WhenTheContainerHasNone(string duration) => Assert.Null(Read([Video], Format(duration)).Media!.DurationSeconds);

    [Fact]
    public void Media_IsMeasured_WhenTheFormatOrTheDispositionIsMissing() =>
        Assert.Equal((null, 320, 0, "", "vp8", null),
            Basics(ProbeReport.Read("""{"streams":[{"codec_name":"vp8","codec_type":"video","width":320}]}"""u8).Media!));

    [Theory]
    [InlineData(Audio)]
    [InlineData(Audio + "," + Cover)]
    [InlineData(Data)]
    [InlineData("""{"index":0,"codec_type":"video","width":10,"height":10}""")] // A codec that ffprobe can't name.
    [InlineData("")]
    public void Error_IsNoVideo_WhenNoStreamIsOne(string streams)
    {
        var report = Read([streams], Format("\"5\""));
        Assert.Null(report.Media);
        Assert.Equal("no_video_stream", report.Error!.Code);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"streams":null,"format":null}""")]
    public void Error_IsNoVideo_WhenTheReportIsEmpty(string json) =>
        Assert.Equal("no_video_stream", ProbeReport.Read(Encoding.UTF8.GetBytes(json)).Error!.Code);

    [Fact]
    public void Report_IsRefused_WhenItIsNoJson() => Assert.Throws<JsonException>(() => ProbeReport.Read("ffprobe version 7"u8));

    private static (double?, int, int, string, string, string?) Basics(MediaInfo media) =>
        (media.DurationSeconds, media.Width, media.Height, media.Container, media.VideoCodec, media.AudioCodec);

    private static ProbeReport Read(string[] streams, string format) =>
        ProbeReport.Read(Encoding.UTF8.GetBytes($$"""{"streams":[{{string.Join(',', streams)}}],"format":{{format}}}"""));

    private static string Format(string duration) =>
        $$$"""
        {"filename":"source","nb_streams":2,"format_name":"mov,mp4,m4a,3gp,3g2,mj2",
        "duration":{{{duration}}},"size":"29986","tags":{"major_brand":"isom"}}
        """;
}
