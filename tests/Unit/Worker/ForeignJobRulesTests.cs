using Ingestion.Silo.Worker;

namespace Ingestion.Tests.Unit.Worker;

public sealed class ForeignJobRulesTests
{
    private const int MaxAttempts = 5;

    [Theory]
    [InlineData(0, 5)]
    [InlineData(600, 60)]
    [InlineData(80_000, 900)]
    public void Delay_GrowsWithTheJobsAge_WithinBounds(int ageSeconds, int delaySeconds) =>
        Assert.Equal(TimeSpan.FromSeconds(delaySeconds), ForeignJobRules.PutBackFor(TimeSpan.FromSeconds(ageSeconds), 1, MaxAttempts));

    [Fact]
    public void Job_BecomesADeadLetter_OnlyAfterADayAndItsAttempts()
    {
        Assert.Null(ForeignJobRules.PutBackFor(TimeSpan.FromDays(1), MaxAttempts + 1, MaxAttempts));
        // A service that was away for the weekend finds its jobs when this one has just been started.
        Assert.NotNull(ForeignJobRules.PutBackFor(TimeSpan.FromDays(2), MaxAttempts, MaxAttempts));
        // Its own workers look at it often while other owners have their turn.
        Assert.NotNull(ForeignJobRules.PutBackFor(TimeSpan.FromHours(23), 1000, MaxAttempts));
    }

    [Fact]
    public void Job_IsPutBack_WhenTheQueueDoesNotKnowItsAge() => Assert.NotNull(ForeignJobRules.PutBackFor(age: null, 1000, MaxAttempts));

    [Fact]
    public void Job_IsPutBackAtOnce_WhenTheClockOfTheQueueIsAhead() =>
        Assert.Equal(TimeSpan.FromSeconds(5), ForeignJobRules.PutBackFor(TimeSpan.FromSeconds(-30), 1, MaxAttempts));
}
