using Ingestion.Api.Uploads;

namespace Ingestion.Tests.Unit.Media.Corpus;

/// <summary>The corpus, file by file: what the API says of each is true.</summary>
public sealed class CorpusTests(Workshop workshop) : IClassFixture<Workshop>
{
    public static TheoryData<string> Names() => [.. MediaCorpus.All.Select(file => file.Name)];

    [MediaTheory]
    [MemberData(nameof(Names))]
    public void Record_IsTrue_OfEveryFile(string name)
    {
        var file = MediaCorpus.All.Single(other => other.Name == name);
        var outcome = workshop.Of(name);
        Assert.Equal(file.Refused, outcome.Refused is { } refusal ? UploadProblems.Of(refusal).Code : null);
        if (file.Refused is not null)
            return;
        Assert.Null(outcome.Probe!.Broken);
        Assert.Equal(file.Failed, outcome.Probe.Refusal?.Code);
        if (file.Failed is null)
            AssertMedia(file, outcome);
    }

    [Fact]
    public void Corpus_IsLarge_SoThatTheOtherTestMeansSomething()
    {
        Assert.InRange(MediaCorpus.All.Count, 60, 200);
        Assert.Equal(MediaCorpus.All.Count, MediaCorpus.All.DistinctBy(file => file.Name).Count());
    }

    private static void AssertMedia(MediaFile file, Outcome outcome)
    {
        var media = outcome.Probe!.Media!;
        Assert.Equal((file.Container, file.Video, file.Audio), (media.Container, media.VideoCodec, media.AudioCodec));
        Assert.Equal(file.Shown, (media.Width, media.Height));
        Assert.Equal(file.Coded ?? file.Shown, (media.CodedWidth, media.CodedHeight));
        Assert.Equal(file.Rotation, media.Rotation);
        Assert.Equal((file.Hdr, file.Interlaced), (media.Hdr, media.Interlaced));
        Assert.Equal(file.Warnings, media.Warnings);
        Assert.Equal(file.Seconds is null, media.DurationSeconds is null);
        if (file.Seconds is { } seconds)
            Assert.InRange(media.DurationSeconds!.Value, seconds - file.Tolerance, seconds + file.Tolerance);
        file.Also(media);
        AssertPoster(file, outcome);
    }

    private static void AssertPoster(MediaFile file, Outcome outcome)
    {
        Assert.Null(outcome.Poster!.Broken);
        Assert.NotNull(outcome.Seen);
        Assert.Equal(file.Poster ?? file.Shown, (outcome.Seen.Width, outcome.Seen.Height));
        Assert.Contains(outcome.Seen.Aspect, (string[])["1:1", ""]);
        Assert.InRange(outcome.Seen.Quarters.Average(quarter => quarter), file.Luma.Least, file.Luma.Most);
        if (file.Brightest is { } brightest)
            Assert.Equal(brightest, Array.IndexOf(outcome.Seen.Quarters, outcome.Seen.Quarters.Max()));
    }
}
