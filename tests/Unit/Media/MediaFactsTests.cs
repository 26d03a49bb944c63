using System.Text;
using Ingestion.Backends.Media;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Media;

/// <summary>What can't be meant is left out.</summary>
public class MediaFactsTests
{
    [Theory]
    [InlineData("1904-01-01T00:00:00.000000Z", null)]
    [InlineData("1970-01-01T00:00:00.000000Z", null)]
    [InlineData("1980-01-01T00:00:00.000000Z", null)]
    [InlineData("2100-01-01T00:00:00.000000Z", null)]
    [InlineData("yesterday", null)]
    [InlineData("2026-11-26T14:26:39.000000Z", "2026-11-26T14:26:39.000Z")]
    [InlineData("2026-11-26T14:26:39.000000+02:00", "2026-11-26T12:26:39.000Z")]
    public void Recorded_IsUnknown_WhenTheClockWasNeverSet(string stated, string? expected) =>
        Assert.Equal(expected, Read(tags: $$"""{"creation_time":"{{stated}}"}""").RecordedAt is { } at ? WireTime.Text(at) : null);

    [Theory]
    [InlineData("30000/1001", 29.97)]
    [InlineData("1000/1", 1000.0)]
    [InlineData("90000/1", null)]
    [InlineData("0/0", null)]
    [InlineData("25", null)]
    public void FrameRate_IsUnknown_WhenItCannotBeMeant(string stated, double? expected) => Assert.Equal(expected, Read(rate: stated).FrameRate);

    [Fact]
    public void Tracks_AreAtMost64() => Assert.Equal(64, Read(more: string.Concat(Enumerable.Repeat(""",{"codec_type":"data"}""", 99))).Tracks.Count);

    private static MediaInfo Read(string tags = "{}", string rate = "25/1", string more = "") => ProbeReport.Read(Encoding.UTF8.GetBytes(
        $$$"""
        {"streams":[{"codec_name":"h264","codec_type":"video","width":320,"height":180,"avg_frame_rate":"{{{rate}}}"}{{{more}}}],
        "format":{"format_name":"mov,mp4","duration":"5","tags":{{{tags}}}}}
        """)).Media!;
}
