using Ingestion.Api.Videos;
using Ingestion.Grains.Videos;
using Ingestion.Videos;
using static Ingestion.Tests.Unit.Videos.VideoFixture;

namespace Ingestion.Tests.Unit.Videos;

public class ShareRulesTests
{
    private const string Owner = "ann";

    private static readonly TimeSpan _longest = TimeSpan.FromDays(31);

    [Fact]
    public void Share_IsKept_UntilItIsRemovedOrItsTimeIsOver()
    {
        var state = Add(Add(Ready(), Share("a", 10)), Share("b", 20));
        Assert.Equal(["a", "b"], Ids(state, After(9)));
        Assert.Equal(["b"], Ids(state, After(10)));
        Assert.Equal(["a"], Ids(ShareRules.Remove(state, Owner, "b", After(5))!, After(5)));
        Assert.Null(ShareRules.Remove(state, Owner, "c", After(5)));
        Assert.Null(ShareRules.Remove(state, Owner, "a", After(10)));
        Assert.Null(ShareRules.Remove(state, "bob", "a", After(5)));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("deleting")]
    public void Share_IsRefused_WhenThereIsNoVideo(string stage) =>
        Assert.Equal(ShareOutcome.NotFound, ShareRules.Add(At(stage), Owner, Share("a", 10), most: 9, After(4)).Outcome);

    [Fact]
    public void Share_IsRefused_WhenTheVideoIsAnothersOrHasTooMany()
    {
        Assert.Equal(ShareOutcome.NotFound, ShareRules.Add(Ready(), "bob", Share("a", 10), most: 9, After(4)).Outcome);
        var full = Add(Ready(), Share("a", 10));
        Assert.Equal(ShareOutcome.Full, ShareRules.Add(full, Owner, Share("b", 20), most: 1, After(4)).Outcome);
        // An expired share makes room, and is removed.
        Assert.Equal(["b"], ShareRules.Add(full, Owner, Share("b", 20), most: 1, After(10)).Next.Shares.Select(share => share.Id));
    }

    [Fact]
    public void Shares_AreGone_WhenTheVideoIsRemoved()
    {
        var removed = VideoRules.Delete(Add(Ready(), Share("a", 10)), After(5));
        Assert.Empty(removed.Shares);
        Assert.Empty(ShareRules.Live(removed, After(5)));
    }

    [Theory]
    // wanted, token's rest, may outlast, lasts
    [InlineData(60, 3, false, 3)]
    [InlineData(60, 3, true, 60)]
    [InlineData(2, 3, false, 2)]
    [InlineData(-1, 3, false, 3)]
    [InlineData(-1, 3, true, 86_400)]
    [InlineData(31 * 86_400, 3, true, 31 * 86_400)]
    [InlineData(31 * 86_400, 3, false, 3)]
    [InlineData((31 * 86_400) + 1, 3, true, null)]
    [InlineData((31 * 86_400) + 1, 3, false, null)]
    [InlineData(0, 3, true, null)]
    // A token within the skew of clocks after its end.
    [InlineData(60, 0, false, null)]
    [InlineData(60, -2, false, null)]
    public void Share_NeverOutlastsItsMakersRight(int wanted, int rest, bool mayOutlast, int? lasts)
    {
        var end = ShareLifetime.EndOf(wanted < 0 ? null : TimeSpan.FromSeconds(wanted), _longest, After(rest), mayOutlast, After(0));
        Assert.Equal(lasts, end is { } at ? (int)(at - After(0)).TotalSeconds : null);
    }

    [Fact]
    public void UsualTime_IsCut_WhenTheSettingIsShorter() =>
        Assert.Equal(After(7200), ShareLifetime.EndOf(null, TimeSpan.FromHours(2), After(1), mayOutlast: true, After(0)));

    private static VideoShare Share(string id, int until) => new(id, After(0), After(until), MadeBy: null);

    private static VideoState Add(VideoState state, VideoShare share)
    {
        var (outcome, next) = ShareRules.Add(state, Owner, share, most: 9, After(4));
        Assert.Equal(ShareOutcome.Ok, outcome);
        return next;
    }

    private static IEnumerable<string> Ids(VideoState state, DateTimeOffset now) => ShareRules.Live(state, now).Select(share => share.Id);
}
