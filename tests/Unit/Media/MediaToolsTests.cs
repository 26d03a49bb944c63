using Ingestion.Backends.Media;
using Ingestion.Backends.Media.Tools;
using Ingestion.Tests.Unit.Media.Tools;
using Ingestion.Videos;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Unit.Media;

/// <summary>The real ffprobe and ffmpeg.</summary>
public sealed class MediaToolsTests : IDisposable
{
    private readonly TestRunner _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Tools_AreFound_WhenBothAreOnThePathInWhateverFolders()
    {
        foreach (var name in (string[])["ffprobe", "ffmpeg"])
        {
            Directory.CreateDirectory(_test.In(name));
            File.WriteAllText(Path.Combine(_test.In(name), name), "");
        }

        var separator = Path.PathSeparator;
        Assert.NotNull(ToolPaths.Find($"{_test.In("none")}{separator}{_test.In("ffprobe")}{separator}{separator} {_test.In("ffmpeg")}"));
        Assert.Null(ToolPaths.Find(_test.In("ffprobe")));
        Assert.Null(ToolPaths.Find(_test.In("ffmpeg")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(":::")]
    [InlineData("/nowhere")]
    public void Tools_AreMissing_WhenThePathHoldsNone(string? path) => Assert.Null(ToolPaths.Find(path));

    [MediaTheory]
    [InlineData("sample.mp4", "mp4", "h264", "aac")]
    [InlineData("sample.webm", "webm", "vp9", "opus")]
    [InlineData("sample.mkv", "mkv", "h264", "aac")]
    public async Task Source_IsMeasured_WhenItIsAVideo(string name, string container, string video, string audio)
    {
        var (media, refusal, broken) = await Tools().ProbeAsync(Sample(name), default);
        Assert.Null(refusal);
        Assert.Null(broken);
        Assert.Equal((320, 180, container, video, audio), (media!.Width, media.Height, media.Container, media.VideoCodec, media.AudioCodec));
        Assert.Empty(media.Warnings);
        Assert.InRange(media.DurationSeconds!.Value, 1.9, 2.2);
    }

    [MediaFact]
    public async Task Source_IsMeasured_WhenItsContainerIsNotKnownHere()
    {
        var source = new MediaSource("id", Samples.PathOf("sample.mkv"), container: null);
        Assert.Equal("h264", (await Tools().ProbeAsync(source, default)).Media!.VideoCodec);
    }

    [MediaTheory]
    [InlineData("sample.mp4")]
    [InlineData("sample.webm")]
    [InlineData("sample.mkv")]
    public async Task Poster_IsAJpeg_WhenTheVideoCanBeDecoded(string name)
    {
        var probe = await Tools().ProbeAsync(Sample(name), default);
        var poster = await Tools().MakePosterAsync(Sample(name), probe.Media!, default);
        Assert.Equal((320, 180), JpegRules.SizeOf(poster.Jpeg));
    }

    [MediaFact]
    public async Task Poster_IsThere_WhateverTheDurationClaims()
    {
        var probe = await Tools().ProbeAsync(Sample("sample.mp4"), default);
        Assert.NotNull((await Tools().MakePosterAsync(Sample("sample.mp4"), probe.Media! with { DurationSeconds = 90 }, default)).Jpeg);
        Assert.NotNull((await Tools().MakePosterAsync(Sample("sample.mp4"), probe.Media! with { DurationSeconds = null }, default)).Jpeg);
    }

    [MediaTheory]
    [InlineData("1280x8000", 204, 1280)]
    [InlineData("4000x1000", 1280, 320)]
    [InlineData("853x481", 852, 480)]
    [InlineData("2000x2", 1280, 2)]
    [InlineData("2x2000", 2, 1280)]
    public async Task Poster_IsBoundedOnBothSidesAndNeverLarger_WhateverTheShape(string size, int width, int height)
    {
        var source = await MakeAsync("mov", "-f", "lavfi", "-i", $"nullsrc=s={size}:r=1:d=2,geq=random(1)*255:128:128", "-c:v", "mjpeg", "-pix_fmt", "yuvj444p",
            "-frames:v", "1");
        var probe = await Tools().ProbeAsync(source, default);
        var poster = await Tools().MakePosterAsync(source, probe.Media! with { DurationSeconds = null }, default);
        Assert.Equal((width, height), JpegRules.SizeOf(poster.Jpeg));
    }

    [MediaFact]
    public async Task Source_IsRefused_WhenOnlyItsHeadIsThere()
    {
        var probe = await Tools().ProbeAsync(Source(Samples.Mp4.AsSpan(0, 200)), default);
        Assert.Contains(probe.Refusal!.Code, (string[])["no_video_stream", "media_unreadable"]);
    }

    [MediaFact]
    public async Task Source_IsUnreadable_WhenItIsTextOrEmpty()
    {
        Assert.Equal("media_unreadable", (await Tools().ProbeAsync(Source("Once upon a time."u8), default)).Refusal?.Code);
        Assert.Equal("media_unreadable", (await Tools().ProbeAsync(Source(""u8), default)).Refusal?.Code);
    }

    [MediaFact]
    public async Task FileIsNotBlamed_WhenItIsMissing()
    {
        var probe = await Tools().ProbeAsync(new MediaSource("id", _test.In("missing"), new ContainerFormat("video/mp4", "mov")), default);
        Assert.Null(probe.Refusal);
        Assert.NotNull(probe.Broken);
    }

    [MediaTheory]
    [InlineData("png", "rgb24", "mov", "16000x16000")]
    [InlineData("mjpeg", "yuvj420p", "avi", "16000x16000")]
    [InlineData("png", "gray", "mov", "9000x16")]
    public async Task Bomb_IsRefusedByItsSize_WhenItsPicturesAreHuge(string codec, string pixels, string container, string size)
    {
        var source = await MakeAsync(container, "-f", "lavfi", "-i", $"color=black:s={size}:r=1", "-frames:v", "1", "-pix_fmt", pixels, "-c:v", codec);
        Assert.Equal("dimensions_too_large", (await Tools().ProbeAsync(source, default)).Refusal?.Code);
    }

    [MediaFact]
    public async Task Source_IsRefused_WhenItHasTooManyTracks()
    {
        string[] tracks = [.. Enumerable.Repeat<string[]>(["-map", "0:a"], 70).SelectMany(map => map)];
        var source = await MakeAsync("mp4", ["-i", Samples.PathOf("sample.mp4"), "-map", "0:v", .. tracks, "-c", "copy"]);
        Assert.Equal("too_many_streams", (await Tools().ProbeAsync(source, default)).Refusal?.Code);
    }

    [MediaFact]
    public async Task Source_IsRefused_WhenReadingItTakesMoreMemoryThanIsAllowed()
    {
        var source = await MakeAsync("mov", "-f", "lavfi", "-i", "color=black:s=6000x6000:r=1", "-frames:v", "1", "-pix_fmt", "rgba64be", "-c:v", "png");
        using var small = new TestRunner(new ToolOptions { MemoryMebibytes = 512 });
        var probe = await Tools(small).ProbeAsync(source, default);
        var poster = await Tools(small).MakePosterAsync(source, new MediaInfo(1, 6000, 6000, "mov", "png", null), default);
        // Without the memory to decode it, a picture may still be measured; then it has no poster.
        Assert.Contains(probe.Refusal?.Code, (string?[])[null, "media_too_demanding"]);
        Assert.Equal(new PosterResult(null, null), poster);
    }

    private static MediaSource Sample(string name) => new("id", Samples.PathOf(name), ContainerSniffer.Recognise(Samples.Read(name)));

    private MediaTools Tools(TestRunner? test = null) =>
        new((test ?? _test).Runner, ToolPaths.Find(Environment.GetEnvironmentVariable("PATH"))!, Options.Create((test ?? _test).Limits));

    private MediaSource Source(ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(_test.In("source"), bytes);
        return new MediaSource("id", _test.In("source"), new ContainerFormat("video/mp4", "mov"));
    }

    private async Task<MediaSource> MakeAsync(string format, params string[] arguments)
    {
        var path = _test.In("made");
        using var ffmpeg = System.Diagnostics.Process.Start(ProgramPath.Find("ffmpeg")!, ["-v", "error", "-nostdin", "-y", .. arguments, "-f", format, path]);
        await ffmpeg.WaitForExitAsync();
        Assert.Equal(0, ffmpeg.ExitCode);
        return new MediaSource("id", path, ContainerSniffer.Recognise(await File.ReadAllBytesAsync(path)));
    }
}
