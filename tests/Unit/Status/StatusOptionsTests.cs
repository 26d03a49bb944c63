using System.ComponentModel.DataAnnotations;
using Ingestion.Grains.Status;

namespace Ingestion.Tests.Unit.Status;

/// <summary>What may be set about journals.</summary>
public class StatusOptionsTests
{
    [Theory]
    [InlineData(1_000, 7, true)]
    [InlineData(1, 1, true)]
    [InlineData(100_000, 3_650, true)]
    [InlineData(0, 7, false)]
    [InlineData(100_001, 7, false)]
    [InlineData(1_000, 0, false)]
    [InlineData(1_000, -7, false)]
    [InlineData(1_000, 3_651, false)]
    public void Settings_AreTaken_WhenTheyAreInTheirRanges(int events, int days, bool expected)
    {
        var options = new StatusOptions { RetainedEvents = events, RetainedDays = days };
        Assert.Equal(expected, Validator.TryValidateObject(options, new ValidationContext(options), validationResults: null, validateAllProperties: true));
    }

    [Fact]
    public void ThousandEventsOrAWeekAreKept_WhenNothingIsSet()
    {
        var options = new StatusOptions();
        Assert.Equal((1_000, 7), (options.RetainedEvents, options.RetainedDays));
    }
}
