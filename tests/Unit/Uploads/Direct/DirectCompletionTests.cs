using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Direct;
using Ingestion.Uploads;

namespace Ingestion.Tests.Unit.Uploads.Direct;

public class DirectCompletionTests
{
    // Three parts: 100, 100, 50.
    private static readonly DirectPlan _plan = new(new PartPlan(100), 250);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(100, 1, 100)]
    [InlineData(101, 2, 1)]
    [InlineData(200, 2, 100)]
    [InlineData(250, 3, 50)]
    public void Plan_CountsPartsAndTheLastIsTheRest_WhenTheLengthIs(long length, int count, long last)
    {
        var plan = new DirectPlan(new PartPlan(100), length);
        Assert.Equal(count, plan.Count);
        Assert.Equal(last, plan.LengthOf(plan.Plan.Part(count)));
        Assert.Equal([false, true, true, false], new[] { 0, 1, count, count + 1 }.Select(plan.Has));
    }

    [Fact]
    public void Parts_Agree_WhenAllAreThereInAnyOrder() =>
        Assert.Null(DirectCompletion.Compare(_plan, [Sent(3), Sent(1), new SentPartJson(2, "\"e2\"")], [Stored(2), Stored(3, 50), Stored(1)]));

    [Fact]
    public void Parts_AreIncomplete_WhenTheClientOrTheStoreLacksOne()
    {
        Assert.Equal((Problem.UploadIncomplete, "Part 3."), DirectCompletion.Compare(_plan, [Sent(1), Sent(2)], All()));
        Assert.Equal((Problem.UploadIncomplete, "Parts 1, 2."), DirectCompletion.Compare(_plan, [Sent(1), Sent(2), Sent(3)], [Stored(3, 50)]));
        Assert.Equal((Problem.UploadIncomplete, "Parts 1, 2, 3."), DirectCompletion.Compare(_plan, [], []));
    }

    [Fact]
    public void Parts_Differ_WhenASizeOrATagIsAnother()
    {
        Assert.Equal((Problem.PartMismatch, "Part 3."), DirectCompletion.Compare(_plan, [Sent(1), Sent(2), Sent(3)], [Stored(1), Stored(2), Stored(3, 100)]));
        Assert.Equal((Problem.PartMismatch, "Part 1."),
            DirectCompletion.Compare(_plan, [Sent(1), Sent(2), Sent(3)], [Stored(1, 99), Stored(2), Stored(3, 50)]));
        Assert.Equal((Problem.PartMismatch, "Part 2."), DirectCompletion.Compare(_plan, [Sent(1), new SentPartJson(2, "E2"), Sent(3)], All()));
        // A part outside the plan was stored without us: the object would be another one.
        Assert.Equal((Problem.PartMismatch, "Part 4."), DirectCompletion.Compare(_plan, [Sent(1), Sent(2), Sent(3)], [.. All(), Stored(4)]));
    }

    [Fact]
    public void Numbers_AreRefused_WhenTheyComeTwiceOrAreNone()
    {
        foreach (var wrong in new[] { 0, -1, 4, int.MaxValue, 1 })
            Assert.Equal(Problem.PartNumbersInvalid, DirectCompletion.Compare(_plan, [Sent(1), Sent(wrong), Sent(2), Sent(3)], All())!.Value.Problem);
    }

    [Fact]
    public void DetailStaysShort_WhenThousandsAreMissing() =>
        Assert.EndsWith(" 20 and 9980 more.", DirectCompletion.Compare(new DirectPlan(new PartPlan(1), 10_000), [], [])!.Value.Detail,
            StringComparison.Ordinal);

    private static SentPartJson Sent(int number) => new(number, $"e{number}");

    private static UploadPart Stored(int number, long length = 100) => new(number, (number - 1) * 100, length, $"e{number}");

    private static UploadPart[] All() => [Stored(1), Stored(2), Stored(3, 50)];
}
