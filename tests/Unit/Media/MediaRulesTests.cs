using System.Text;
using Ingestion.Backends.Media;
using Ingestion.Backends.Media.Reports;
using Ingestion.Backends.Media.Tools;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Media;

/// <summary>The rules behind what is said of a video, without any tool.</summary>
public class MediaRulesTests
{
    private static readonly MediaInfo _hd = new(60, 1920, 1080, "mp4", "h264", "aac") { CodedWidth = 1920, CodedHeight = 1080, FrameRate = 30 };

    [Theory]
    [InlineData(null, 0)]
    [InlineData(0.0, 0)]
    [InlineData(90.0, 270)]
    [InlineData(-90.0, 90)]
    [InlineData(180.0, 180)]
    [InlineData(-180.0, 180)]
    [InlineData(-89.6, 90)]
    [InlineData(0.4, 0)]
    [InlineData(360.0, 0)]
    [InlineData(45.0, null)]
    [InlineData(double.NaN, 0)]
    public void Rotation_IsClockwiseAndOneOfFour_WhenFfprobeCountsTheOtherWay(double? angle, int? expected) => Assert.Equal(expected, Geometry.Rotation(angle));

    [Theory]
    [InlineData("64:45", 64, 45)]
    [InlineData("1:8", 1, 8)]
    [InlineData("0:1", null, null)]
    [InlineData("9:1", null, null)]
    [InlineData("2147483647:1", null, null)]
    [InlineData("-1:-1", null, null)]
    [InlineData("N/A", null, null)]
    [InlineData(null, null, null)]
    public void PixelAspect_IsIgnored_WhenItCannotBeMeant(string? text, int? width, int? height) =>
        Assert.Equal(width is null ? null : (width.Value, height!.Value), Geometry.SampleAspect(text));

    [Theory]
    [InlineData(720, 576, 64, 45, 0, 1024, 576, "16:9")]
    [InlineData(720, 576, 64, 45, 90, 576, 1024, "9:16")]
    [InlineData(1440, 1080, 4, 3, 180, 1920, 1080, "16:9")]
    [InlineData(1, 8192, 1, 8, 0, 1, 8192, "1:65536")]
    public void Size_IsThatOfSquarePixels_WhenItIsShown(int width, int height, int x, int y, int rotation, int shownWidth, int shownHeight, string ratio)
    {
        Assert.Equal((shownWidth, shownHeight), Geometry.Shown(width, height, (x, y), rotation));
        Assert.Equal(ratio, Geometry.Ratio(width, height, (x, y), rotation));
    }

    [Theory]
    [InlineData("yuv420p", 8)]
    [InlineData("yuvj422p", 8)]
    [InlineData("yuva444p", 8)]
    [InlineData("nv12", 8)]
    [InlineData("bgra", 8)]
    [InlineData("pal8", 8)]
    [InlineData("yuv420p10le", 10)]
    [InlineData("yuva444p12be", 12)]
    [InlineData("gbrap10le", 10)]
    [InlineData("gray16le", 16)]
    [InlineData("p010le", 10)]
    [InlineData("rgb48be", 16)]
    [InlineData("gbrpf32le", null)]
    [InlineData("monow", null)]
    [InlineData("rgb565le", null)]
    [InlineData("unknown", null)]
    [InlineData(null, null)]
    public void Depth_IsThatOfThePixelFormat_WhenItsNameTells(string? name, int? bits) => Assert.Equal(bits, PixelFormats.Depth(name));

    [Theory]
    [InlineData("0.000000,0.000000,0.040000\n3.960000,3.880000,0.040000\n3.880000,3.920000,0.040000\n", 4.0)]
    [InlineData("N/A,1.5,N/A\n\nside data\n", 1.5)]
    [InlineData("N/A,N/A,N/A", null)]
    [InlineData("", null)]
    [InlineData("nan,inf,1", null)]
    public void End_IsThatOfTheLatestPacket_WhenTheyAreOutOfOrder(string csv, double? end) =>
        Assert.Equal(end, PacketTimes.EndOf(Encoding.ASCII.GetBytes(csv)));

    [Fact]
    public void Decoding_IsOfAll_UpToTheBudget_AndOfEightPlacesBeyond()
    {
        Assert.Equal([Stretch.All], InspectionRules.Plan(_hd with { DurationSeconds = 10 }, 640));
        Assert.Equal([Stretch.All], InspectionRules.Plan(_hd, 0));
        var places = InspectionRules.Plan(_hd, 640);
        Assert.Equal((8, 0.0, 57.0), (places.Count, places[0].From, places[^1].From));
        Assert.All(places, place => Assert.Equal(640e6 / 16 / (1920 * 1080 * 30), place.Seconds!.Value, 3));
        // A picture at least, and places never overlap.
        Assert.All(InspectionRules.Plan(_hd with { CodedWidth = 8192, CodedHeight = 4320, FrameRate = 60 }, 640), place => Assert.Equal(0.2, place.Seconds));
        Assert.Equal([Stretch.All], InspectionRules.Plan(_hd with { CodedWidth = 8192, CodedHeight = 4320, DurationSeconds = 1.5 }, 1));
        Assert.Equal(10.29, Assert.Single(InspectionRules.Plan(_hd with { DurationSeconds = null }, 640)).Seconds!.Value, 2);
    }

    [Theory]
    [InlineData("mp4", 1, true)]
    [InlineData("mp4", 0, false)]
    [InlineData("mpegts", 1, false)]
    [InlineData("mpegts", 2, true)]
    public void Damage_IsAFault_UnlessAStreamIsCutInItsLastPicture(string container, int faults, bool isDamaged) =>
        Assert.Equal(isDamaged, InspectionRules.HasFaults(new DecodeReport(10, 1, faults, "whole"), _hd with { Container = container }));

    [Fact]
    public void Decoding_ShowsNothing_WhenTheRunIsNoAnswer()
    {
        var run = new ToolRun(ToolEnd.Broke, 137, Encoding.ASCII.GetBytes("frame=0\n"), "", default, null);
        Assert.Equal(new DecodeReport(null, null, 0, null), DecodeReport.Of(run, Stretch.All));
        var answer = run with { End = ToolEnd.Exited, Output = Encoding.ASCII.GetBytes("frame=7\nout_time_us=280000\n") };
        var whole = DecodeReport.Of(answer, Stretch.All);
        Assert.Equal(new DecodeReport(7, 0.28, 0, "whole"), whole);
        Assert.Equal("whole", DecodeReport.Of(answer, new Stretch(0, 0.3)).Extent);
        Assert.Equal(new DecodeReport(7, 0.28, 0, "sampled"), DecodeReport.Of(answer, new Stretch(0, 0.28)));
        Assert.Equal(new DecodeReport(7, null, 0, "sampled"), DecodeReport.Of(answer, new Stretch(5, 0.3)));
        Assert.Equal("sampled", DecodeReport.Of(answer with { End = ToolEnd.Flooded }, Stretch.All).Extent);
        Assert.Equal(whole, DecodeReport.None.With(whole));
        Assert.Equal(new DecodeReport(14, 0.28, 0, "sampled"), whole.With(DecodeReport.Of(answer, new Stretch(5, 0.3))));
    }

    [Fact]
    public void Packets_ShowTheLongestHole_WhateverTheirOrderAndTrack()
    {
        var list = PacketList.Of("1.4,0.04,100,0\n1.48,0.04,50,300\nN/A,N/A,10,100\n1.4,2.1,9,40\n\n9.5,0.5,20,400\n"u8, hasComplaint: true);
        Assert.Equal((1.4, 10.0, 6.0, 420L), (list.Start!.Value, list.End!.Value, list.LongestHole, list.EndByte));
        Assert.Equal(new PacketList(null, null, 0, 0, HasComplaint: false), PacketList.Of(""u8, hasComplaint: false));
        Assert.Null(PacketList.Of("nan,1,N/A,N/A\ninf,1\n"u8, hasComplaint: false).Length);
    }

    [Theory]
    [InlineData("mpegts", 5, true, "aac", true)]
    [InlineData("mpegts", 5, false, "aac", false)]
    [InlineData("mpegts", 5, true, null, false)]
    [InlineData("mkv", 1.1, true, "aac", false)]
    [InlineData("mkv", 1.3, true, "aac", true)]
    public void Hole_IsDamage_WhenTheReaderComplainsAndSoundStopsToo(string container, double hole, bool complains, string? sound, bool isDamaged)
    {
        var report = new ProbeReport(_hd, null, 2, 0, 1_000_000);
        var packets = new PacketList(0, 60, hole, 999_000, complains);
        Assert.Equal(isDamaged, InspectionRules.HasHole(packets, _hd with { Container = container, AudioCodec = sound }, report));
    }

    [Fact]
    public void UnreadRest_IsDamage_WhereFragmentsFollowOneAnother()
    {
        var report = new ProbeReport(_hd, null, 2, 0, 1_000_000);
        Assert.True(InspectionRules.HasHole(new PacketList(0, 60, 0, 400_000, HasComplaint: false), _hd, report));
        Assert.False(InspectionRules.HasHole(new PacketList(0, 60, 0, 950_000, HasComplaint: false), _hd, report));
        Assert.False(InspectionRules.HasHole(new PacketList(0, 60, 0, 400_000, HasComplaint: false), _hd with { Container = "mkv" }, report));
        // Reading a stream ended where bytes follow: by its duration there is more.
        Assert.True(InspectionRules.HasHole(new PacketList(1.4, 30, 0, 0, HasComplaint: true), _hd with { Container = "mpegts" }, report));
        Assert.True(InspectionRules.IsListed(report));
        Assert.False(InspectionRules.IsListed(report with { HasIndex = true }));
        Assert.False(InspectionRules.IsListed(report with { SizeBytes = 1L << 30 }));
        Assert.False(InspectionRules.IsListed(report with { SizeBytes = null }));
    }

    [Fact]
    public void Duration_IsAdded_WhenItWasFoundInThePackets()
    {
        var report = new ProbeReport(_hd, null, 2, 0, 1_000_000);
        var media = InspectionRules.WithDuration(_hd with { DurationSeconds = null }, 4, report);
        Assert.Equal((4, 2_000_000), (media.DurationSeconds, media.BitRate));
        Assert.Same(_hd, InspectionRules.WithDuration(_hd, null, report));
        Assert.Same(_hd, InspectionRules.WithDuration(_hd, -1, report));
    }

    [Fact]
    public void Poster_IsLookedForInFewPlaces_AndLastWithoutConditions()
    {
        var attempts = PosterPlan.Attempts(_hd).ToArray();
        Assert.Equal([6, 18, 36, 54, 6, 0, 0], attempts.Select(attempt => attempt.Second));
        Assert.Equal([true, true, true, true, false, false, false], attempts.Select(attempt => attempt.KeysOnly));
        Assert.True(attempts[^1].IsPlain);
        Assert.Equal([1, 5, 1, 0, 0], PosterPlan.Attempts(_hd with { DurationSeconds = 10 }).Select(attempt => attempt.Second));
        Assert.All(attempts[..^1], attempt => Assert.InRange(attempt.Window!.Value, 1, 20));
        Assert.Equal("scale=w=1280:h=720,setsar=1", PosterPlan.Filters(_hd, attempts[^1]));
    }

    [Theory]
    [InlineData("pq", null, null, true)]
    [InlineData("hlg", "bt2020nc", "bt2020", true)]
    [InlineData("pq", "ycgco", "bt2020", false)]
    [InlineData("pq", "bt2020nc", "film", false)]
    [InlineData("dolby_vision", null, null, false)]
    [InlineData(null, "bt709", "bt709", false)]
    public void Poster_IsToneMapped_WhenItsColoursCanBeConverted(string? hdr, string? matrix, string? primaries, bool expected)
    {
        var media = _hd with { Hdr = hdr, ColorMatrix = matrix, ColorPrimaries = primaries };
        var attempts = PosterPlan.Attempts(media).ToArray();
        Assert.Equal(expected, PosterPlan.Filters(media, attempts[0]).Contains("tonemap", StringComparison.Ordinal));
        Assert.DoesNotContain("tonemap", PosterPlan.Filters(media, attempts[^1]), StringComparison.Ordinal);
    }

    [Fact]
    public void Poster_HasOneField_WhenTheVideoHasTwo()
    {
        var media = _hd with { Interlaced = true };
        var first = PosterPlan.Attempts(media).First();
        Assert.False(first.KeysOnly);
        Assert.StartsWith("yadif,scale=", PosterPlan.Filters(media, first), StringComparison.Ordinal);
    }
}
