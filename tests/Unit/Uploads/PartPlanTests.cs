using Ingestion.Tests.Unit.Infrastructure;
using Ingestion.Uploads;

namespace Ingestion.Tests.Unit.Uploads;

public class PartPlanTests
{
    private const int Mebibyte = 1024 * 1024;
    private const int Smallest = 8 * Mebibyte;
    private const long LargestObject = 5L * 1024 * 1024 * Mebibyte;

    [Theory]
    [InlineData(0L)]
    [InlineData(1L)]
    [InlineData(80L * 1024 * Mebibyte)]
    [InlineData(5L * 1024 * 1024 * Mebibyte)]
    public void TenThousandPartsSuffice_WhenTheLengthIsDeclared(long length)
    {
        var plan = PartPlan.For(length, long.MaxValue, Smallest);
        Assert.Equal(0, plan.DoublesEvery);
        Assert.True(plan.Size >= Smallest && plan.Size % Mebibyte == 0);
        Assert.True(plan.PartOf(Math.Max(0, length - 1)).Number <= PartPlan.MostParts);
    }

    [Fact]
    public void PartsAreEqual_WhenTheLimitBoundsAnUnknownLength() => Assert.Equal(new PartPlan(Smallest), PartPlan.For(null, 20L * 1024 * Mebibyte, Smallest));

    /// <summary>The sizes of the first parts of S3, of Amazon's smallest to the largest that can be set, and what an object there may have at most.</summary>
    public static TheoryData<int> SmallestSizes() => [5, 6, 8, 10, 16, 63, 64, 100, 512, 524];

    [Theory]
    [MemberData(nameof(SmallestSizes))]
    public void TenThousandPartsOfRightSizesSuffice_WhenNothingBoundsTheLength(int mebibytes)
    {
        var smallest = mebibytes * Mebibyte;
        var plan = PartPlan.For(null, LargestObject, smallest);
        Assert.Equal(new PartSpan(1, 0, smallest), plan.Part(1));
        Assert.InRange(plan.PartOf(LargestObject - 1).Number, 1, PartPlan.MostParts);
        var (end, size) = (0L, 0);
        for (var number = 1; end < LargestObject; number++)
        {
            var span = plan.Part(number);
            Assert.Equal((number, end), (span.Number, span.Offset));
            Assert.True(span.Size >= size && span.Size % smallest == 0 && span.Size > 0, $"Part {number} has {span.Size} bytes.");
            Assert.Equal(span, plan.PartOf(end));
            Assert.Equal(span, plan.PartOf(end + span.Size - 1));
            (end, size) = (end + span.Size, span.Size);
        }
    }

    /// <summary>Plans are stored with their uploads: one of 0.3 is read as it was made, up to where its sizes were right.</summary>
    [Fact]
    public void PartsAreAsBefore_WhenThePlanIsOlder()
    {
        var plan = new PartPlan(Smallest, DoublesEvery: 1000);
        Assert.Equal(new PartSpan(1000, 999L * Smallest, Smallest), plan.PartOf(1000L * Smallest - 1));
        Assert.Equal(new PartSpan(1001, 1000L * Smallest, 2 * Smallest), plan.PartOf(1000L * Smallest));
        Assert.Equal(new PartSpan(8001, 255_000L * Smallest, 128 * Smallest), plan.PartOf(255_000L * Smallest));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 1)]
    [InlineData(1L << 62)]
    public void SizeIsTheLargest_WhenTheLengthIsBeyondEveryStore(long length) => Assert.True(PartPlan.For(length, long.MaxValue, Smallest).Size > 1 << 30);

    [Theory]
    [InlineData(1, 5 * Mebibyte)]
    [InlineData(10_000L * 5 * Mebibyte, 5 * Mebibyte)]
    [InlineData((10_000L * 5 * Mebibyte) + 1, (5 * Mebibyte) + 1)]
    [InlineData(LargestObject, (int)((LargestObject - 1) / 10_000) + 1)]
    public void SmallestPartThatAClientMayChoose_FillsTheLengthInTenThousand(long length, int smallest) =>
        Assert.Equal((smallest, int.MaxValue), PartPlan.SizesFor(length));

    [Fact]
    public void PartHoldsItsByte_WhereverThatIs() => Histories.Check(2_000, random =>
    {
        var smallest = random.Next(5, 1025) * Mebibyte;
        var length = random.NextInt64(1, 1L << random.Next(20, 44));
        var plan = PartPlan.For(random.Next(2) == 0 ? length : null, random.NextInt64(1, LargestObject), smallest);
        var offset = random.NextInt64(length);
        var span = plan.PartOf(offset);
        Assert.True(span.Size >= smallest && span.Offset <= offset && offset < span.Offset + span.Size);
        Assert.Equal(span, plan.Part(span.Number));
    });

    [Fact]
    public void PartsFollowEachOther_WhenWalkedFromTheBeginning() => Histories.Check(50, random =>
    {
        var plan = new PartPlan(random.Next(1, 50), random.Next(2) == 0 ? 0 : random.Next(1, 20));
        var end = 0L;
        for (var number = 1; number < 200 && end < 1L << 30; number++)
        {
            var span = plan.PartAt(end);
            Assert.NotNull(span);
            Assert.Equal((number, end), (span.Value.Number, span.Value.Offset));
            Assert.Equal(span.Value, plan.PartOf(random.NextInt64(end, end + span.Value.Size)));
            if (span.Value.Size > 1)
                Assert.Null(plan.PartAt(end + random.NextInt64(1, span.Value.Size)));
            end += span.Value.Size;
        }
    });
}
