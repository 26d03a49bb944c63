using System.Text;
using Ingestion.Backends.Media;
using Ingestion.Backends.Media.Tools;

namespace Ingestion.Tests.Unit.Media;

/// <summary>What is a verdict about the input, and what is no answer.</summary>
public class ProbeVerdictTests
{
    private static readonly ToolOptions _limits = new();

    [Theory]
    [InlineData("source: Invalid data found when processing input", "media_unreadable")]
    [InlineData("[mov @ 0x55] moov atom not found\nsource: Invalid data found when processing input", "media_unreadable")]
    [InlineData("source: End of file", "media_unreadable")]
    [InlineData("source: Input/output error", "media_unreadable")]
    [InlineData("source: Cannot allocate memory", "media_too_demanding")]
    [InlineData("[mov @ 0x55] Number of streams exceeds max_streams parameter (64), see the documentation\nsource: Cannot allocate memory", "too_many_streams")]
    [InlineData("[png @ 0x55] Picture size 16000x16000 exceeds specified max pixel count 40000000\nsource: Invalid argument", "dimensions_too_large")]
    public void FileIsRefused_WhenFfprobeReportsItsFault(string complaint, string code) =>
        Assert.Equal(code, Of(exitCode: 1, complaint: complaint).Refusal?.Code);

    [Theory]
    [InlineData(1, "")]
    [InlineData(1, "source: Connection refused")]
    [InlineData(1, "source: Server returned 5XX Server Error reply")]
    [InlineData(1, "source: Permission denied")]
    [InlineData(1, "source: No such file or directory")]
    [InlineData(1, "source: Too many open files")]
    [InlineData(1, "Unrecognized option 'max_streams'.")]
    [InlineData(1, "error while loading shared libraries: libavcodec.so.59: Invalid data found when processing input")]
    public void ThereIsNoAnswer_WhenTheComplaintIsNotAboutTheFile(int exitCode, string complaint)
    {
        var result = Of(exitCode, complaint);
        Assert.Null(result.Refusal);
        Assert.NotNull(result.Broken);
    }

    [Fact]
    public void ThereIsNoAnswer_HoweverItEndedOtherwise()
    {
        ToolEnd[] verdicts = [ToolEnd.Exited, ToolEnd.CpuLimit];
        foreach (var end in Enum.GetValues<ToolEnd>().Except(verdicts))
        {
            var run = new ToolRun(end, 139, [], "source: Invalid data found when processing input", default, null);
            var result = ProbeVerdict.Of(run, _limits, container: null).Result;
            Assert.Null(result.Refusal);
            Assert.NotNull(result.Broken);
        }

        var late = new ToolRun(ToolEnd.CpuLimit, 152, [], "", default, null);
        Assert.Equal("media_too_demanding", ProbeVerdict.Of(late, _limits, container: null).Result.Refusal?.Code);
    }

    [Theory]
    [InlineData("not-json")]
    [InlineData("")]
    [InlineData("{\"streams\":[")]
    public void ThereIsNoAnswer_WhenTheReportIsRubbish(string report) => Assert.NotNull(Of(0, "", report).Broken);

    [Theory]
    [InlineData(8192, 4320, null)]
    [InlineData(8193, 16, "dimensions_too_large")]
    [InlineData(16, 8193, "dimensions_too_large")]
    [InlineData(8000, 8000, "dimensions_too_large")]
    public void Size_IsBounded_BySidesAndPixels(int width, int height, string? code) => Assert.Equal(code, Of(0, "", Report(width, height)).Refusal?.Code);

    [Fact]
    public void Video_IsTaken_WhenOnlyItsCoverIsTooLarge() =>
        Assert.NotNull(Of(0, "[png @ 0x55] Picture size 16000x16000 exceeds specified max pixel count 40000000", Report(320, 180)).Media);

    [Fact]
    public void Video_IsRefused_WhenItHasNoSizeBecauseItIsTooLarge() =>
        Assert.Equal("dimensions_too_large", Of(0, "[png @ 0x55] Picture size 16000x16000 exceeds specified max pixel count 40000000",
            Report(0, 0)).Refusal?.Code);

    [Fact]
    public void Streams_AreBounded_WhenAReportComesAllTheSame()
    {
        var streams = string.Join(',', Enumerable.Repeat("""{"codec_type":"video","codec_name":"h264","width":320,"height":180}""", 65));
        Assert.Equal("too_many_streams", Of(0, "", $$"""{"streams":[{{streams}}]}""").Refusal?.Code);
    }

    private static ProbeResult Of(int exitCode, string complaint, string report = "") =>
        ProbeVerdict.Of(new ToolRun(ToolEnd.Exited, exitCode, Encoding.UTF8.GetBytes(report), complaint, TimeSpan.Zero, PeakBytes: null), _limits,
            container: null).Result;

    private static string Report(int width, int height) =>
        $$$"""{"streams":[{"codec_type":"video","codec_name":"png","width":{{{width}}},"height":{{{height}}}}],"format":{}}""";
}
