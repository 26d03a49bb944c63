using Ingestion.Tests.Unit.Infrastructure;
using Ingestion.Uploads;

namespace Ingestion.Tests.Unit.Uploads;

public class PartPlanTests
{
    private const int Mebibyte = 1024 * 1024;
    private const int Smallest = 8 * Mebibyte;

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

    [Fact]
    public void PartsDoubleAndSuffice_WhenNothingBoundsTheLength()
    {
        var plan = PartPlan.For(null, 5L * 1024 * 1024 * Mebibyte, Smallest);
        Assert.Equal(new PartSpan(1000, 999L * Smallest, Smallest), plan.PartOf(1000L * Smallest - 1));
        Assert.Equal(new PartSpan(1001, 1000L * Smallest, 2 * Smallest), plan.PartOf(1000L * Smallest));
        Assert.True(plan.PartOf((5L * 1024 * 1024 * Mebibyte) - 1).Number <= PartPlan.MostParts);
    }

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
