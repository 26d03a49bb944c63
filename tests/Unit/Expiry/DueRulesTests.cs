using System.Text.Json;
using Ingestion.Grains.Expiry;
using Ingestion.Grains.Uploads;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Expiry;

public class DueRulesTests
{
    [Fact]
    public void Bucket_EndsAfterBothItsUploadsAndNowAndSoon_WhenTimesAreAnything() => Histories.Check(2000, random =>
    {
        var now = ManualTime.Start + TimeSpan.FromSeconds(random.NextDouble() * 1e6);
        var due = now + TimeSpan.FromSeconds((random.NextDouble() - 0.1) * Math.Pow(10, random.Next(8)));
        var end = DateTimeOffset.FromUnixTimeSeconds(DueRules.BucketEnd(due, now));
        Assert.True(end > due && end > now);
        var slack = due > now ? (due - now) / 16 : TimeSpan.Zero;
        Assert.True(end <= (due > now ? due : now) + slack + TimeSpan.FromSeconds(2), $"{now:O} {due:O} {end:O}");
    });

    [Fact]
    public void Buckets_AreFew_WhenUploadsBeginAllDay()
    {
        var ends = Enumerable.Range(0, 86_400).Select(
            second => DueRules.BucketEnd(ManualTime.Start.AddSeconds(second).AddDays(1), ManualTime.Start.AddSeconds(second)));
        Assert.InRange(ends.Distinct().Count(), 16, 32);
    }

    [Fact]
    public void Buckets_StayInOrderAndGoWithTheirLastPage_WhenPagesComeAndGo()
    {
        var state = new UploadIndexState();
        foreach (var end in (long[])[20, 10, 30, 10])
            state = DueRules.AddPage(state, end).Next;
        Assert.Equal([new(10, 0, 1), new(20, 0, 0), new(30, 0, 0)], state.Buckets);
        Assert.Null(DueRules.Due(state, DateTimeOffset.FromUnixTimeSeconds(9)));
        var due = DueRules.Due(state, DateTimeOffset.FromUnixTimeSeconds(10))!;
        state = DueRules.RemovePage(state, due).Next;
        Assert.Equal(new IndexBucket(10, 1, 1), state.Buckets[0]);
        // Repeated after a lost answer: it is the same page.
        state = DueRules.RemovePage(state, due).Next;
        Assert.Equal(new IndexBucket(10, 1, 1), state.Buckets[0]);
        state = DueRules.RemovePage(state, state.Buckets[0]).Next;
        Assert.Equal(20, state.Buckets[0].End);
    }

    [Fact]
    public void StoredNames_AreThoseOfTheFirstIndex_AsStorageKnowsThem()
    {
        Assert.Equal(["Ingestion.Grains.Uploads.IndexBucket", "Ingestion.Grains.Uploads.IndexPage", "Ingestion.Grains.Uploads.UploadIndexState"],
            new[] { typeof(IndexBucket), typeof(IndexPage), typeof(UploadIndexState) }.Select(type => type.FullName));
        Assert.Equal("""{"UploadIds":["a"]}""", JsonSerializer.Serialize(DueRules.Add(new IndexPage(), "a").Next));
        Assert.Equal("""{"Buckets":[{"End":5,"First":0,"Last":0}]}""", JsonSerializer.Serialize(DueRules.AddPage(new UploadIndexState(), 5).Next));
    }
}
