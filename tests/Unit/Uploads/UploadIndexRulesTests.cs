using Ingestion.Grains.Uploads;
using Ingestion.Tests.Unit.Infrastructure;
using Ingestion.Uploads;

namespace Ingestion.Tests.Unit.Uploads;

public class UploadIndexRulesTests
{
    [Fact]
    public void Bucket_EndsAfterBothItsUploadsAndNowAndSoon_WhenTimesAreAnything() => Histories.Check(2000, random =>
    {
        var now = ManualTime.Start + TimeSpan.FromSeconds(random.NextDouble() * 1e6);
        var due = now + TimeSpan.FromSeconds((random.NextDouble() - 0.1) * Math.Pow(10, random.Next(8)));
        var end = DateTimeOffset.FromUnixTimeSeconds(UploadIndexRules.BucketEnd(due, now));
        Assert.True(end > due && end > now);
        var slack = due > now ? (due - now) / 16 : TimeSpan.Zero;
        Assert.True(end <= (due > now ? due : now) + slack + TimeSpan.FromSeconds(2), $"{now:O} {due:O} {end:O}");
    });

    [Fact]
    public void Buckets_AreFew_WhenUploadsBeginAllDay()
    {
        var ends = Enumerable.Range(0, 86_400).Select(second => UploadIndexRules.BucketEnd(ManualTime.Start.AddSeconds(second).AddDays(1), ManualTime.Start.AddSeconds(second)));
        Assert.InRange(ends.Distinct().Count(), 16, 32);
    }

    [Fact]
    public void Buckets_StayInOrderAndGoWithTheirLastPage_WhenPagesComeAndGo()
    {
        var state = new UploadIndexState();
        foreach (var end in (long[])[20, 10, 30, 10])
            state = UploadIndexRules.AddPage(state, end).Next;
        Assert.Equal([new(10, 0, 1), new(20, 0, 0), new(30, 0, 0)], state.Buckets);
        Assert.Null(UploadIndexRules.Due(state, DateTimeOffset.FromUnixTimeSeconds(9)));
        var due = UploadIndexRules.Due(state, DateTimeOffset.FromUnixTimeSeconds(10))!;
        state = UploadIndexRules.RemovePage(state, due).Next;
        Assert.Equal(new IndexBucket(10, 1, 1), state.Buckets[0]);
        // Said again after an answer that was lost: it is the same page.
        state = UploadIndexRules.RemovePage(state, due).Next;
        Assert.Equal(new IndexBucket(10, 1, 1), state.Buckets[0]);
        state = UploadIndexRules.RemovePage(state, state.Buckets[0]).Next;
        Assert.Equal(20, state.Buckets[0].End);
    }

    [Fact]
    public void Shards_TakeEveryId_WhenAsked() =>
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Contains(UploadShards.Of(MediaId.New(ManualTime.Start)), UploadShards.All));
}
