using Ingestion.Silo.Hosting;

namespace Ingestion.Tests.Unit.Settings;

public sealed class ClockCheckTests
{
    private static readonly DateTimeOffset _asked = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    // Seconds that the answer took, and the database's clock after the question.
    [InlineData(0, 5)]
    [InlineData(0, -5)]
    // It looked at its clock somewhere within the round trip.
    [InlineData(4, -5)]
    [InlineData(4, 9)]
    public void Clock_IsRight_WhenItMayBeWithin5Seconds(double took, double theirs) => Assert.Null(Mistake(took, theirs));

    [Theory]
    [InlineData(0, 5.1, "5.1 s apart")]
    [InlineData(0, -600, "600 s apart")]
    [InlineData(4, -5.1, "7.1 s apart")]
    [InlineData(4, 9.1, "7.1 s apart")]
    public void BothClocksAreNamed_WhenTheyAreApart(double took, double theirs, string apart)
    {
        var mistake = Mistake(took, theirs);
        Assert.Contains(apart, mistake, StringComparison.Ordinal);
        Assert.Contains($"{_asked.AddSeconds(took / 2):u}", mistake, StringComparison.Ordinal);
        Assert.Contains($"{_asked.AddSeconds(theirs):u}", mistake, StringComparison.Ordinal);
    }

    private static string? Mistake(double took, double theirs) =>
        ClockCheck.Mistake(_asked, TimeSpan.FromSeconds(took), _asked.AddSeconds(theirs), "ingestion at db:5432");
}
