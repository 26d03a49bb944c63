using Ingestion.Backends.Media;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Media;

public sealed class MediaToolsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tools_AreFound_WhenBothAreOnThePathInWhateverFolders()
    {
        foreach (var name in (string[])["ffprobe", "ffmpeg"])
        {
            Directory.CreateDirectory(_folder.In(name));
            File.WriteAllText(_folder.In(name, name), "");
        }

        var separator = Path.PathSeparator;
        Assert.NotNull(MediaTools.Find($"{_folder.In("none")}{separator}{_folder.In("ffprobe")}{separator}{separator} {_folder.In("ffmpeg")}"));
        Assert.Null(MediaTools.Find(_folder.In("ffprobe")));
        Assert.Null(MediaTools.Find(_folder.In("ffmpeg")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(":::")]
    [InlineData("/nowhere")]
    public void Tools_AreMissing_WhenThePathHoldsNone(string? path) => Assert.Null(MediaTools.Find(path));

    [MediaFact]
    public async Task Mp4_IsMeasured_WhenProbed() => await AssertMeasuredAsync("sample.mp4", "mov,mp4,m4a,3gp,3g2,mj2", "h264", "aac");

    [MediaFact]
    public async Task Webm_IsMeasured_WhenProbed() => await AssertMeasuredAsync("sample.webm", "matroska,webm", "vp9", "opus");

    [MediaFact]
    public async Task Matroska_IsMeasured_WhenProbed() => await AssertMeasuredAsync("sample.mkv", "matroska,webm", "h264", "aac");

    [MediaFact]
    public async Task Poster_IsAJpeg_WhenTheVideoCanBeDecoded()
    {
        foreach (var name in (string[])["sample.mp4", "sample.webm", "sample.mkv"])
        {
            var (media, _) = await Tools.ProbeAsync(Samples.PathOf(name), default);
            var poster = await Tools.MakePosterAsync(Samples.PathOf(name), media!, default);
            Assert.Equal([0xFF, 0xD8, 0xFF], poster![..3]);
            Assert.Equal([0xFF, 0xD9], poster[^2..]);
        }
    }

    [MediaFact]
    public async Task Poster_IsMissing_WhenTheDurationLies()
    {
        var address = Samples.PathOf("sample.mp4");
        var (media, _) = await Tools.ProbeAsync(address, default);
        Assert.Null(await Tools.MakePosterAsync(address, media! with { DurationSeconds = 90 }, default));
        Assert.NotNull(await Tools.MakePosterAsync(address, media with { DurationSeconds = null }, default));
    }

    [MediaFact]
    public async Task Source_HasNoVideo_WhenOnlyItsHeadIsThere()
    {
        await File.WriteAllBytesAsync(_folder.In("source"), (await File.ReadAllBytesAsync(Samples.PathOf("sample.mp4")))[..200]);
        var (media, error) = await Tools.ProbeAsync(_folder.In("source"), default);
        Assert.Null(media);
        Assert.Contains(error!.Code, (string[])["no_video_stream", "media_unreadable"]);
    }

    [MediaFact]
    public async Task Source_IsUnreadable_WhenItIsMissingOrText()
    {
        await AssertUnreadableAsync(_folder.In("missing"));
        await File.WriteAllTextAsync(_folder.In("source"), "Once upon a time.");
        await AssertUnreadableAsync(_folder.In("source"));
    }

    [MediaFact]
    public async Task Playlist_OpensNothingOfTheNetwork_WhenItNamesIt()
    {
        await File.WriteAllTextAsync(_folder.In("source"), "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n");
        var (media, error) = await Tools.ProbeAsync(_folder.In("source"), default);
        Assert.Null(media);
        Assert.NotNull(error);
    }

    private static MediaTools Tools => MediaTools.Find(Environment.GetEnvironmentVariable("PATH"))!;

    private static async Task AssertMeasuredAsync(string name, string container, string video, string audio)
    {
        var (media, error) = await Tools.ProbeAsync(Samples.PathOf(name), default);
        Assert.Null(error);
        Assert.Equal(new MediaInfo(media!.DurationSeconds, 320, 180, container, video, audio), media);
        Assert.InRange(media.DurationSeconds!.Value, 1.9, 2.2);
    }

    private static async Task AssertUnreadableAsync(string address)
    {
        var (media, error) = await Tools.ProbeAsync(address, default);
        Assert.Null(media);
        Assert.Equal("media_unreadable", error!.Code);
    }
}
