using Ingestion.Grains.Silos;

namespace Ingestion.Tests.Unit.Silos;

public class ProcessMemoryTests
{
    [Theory]
    [InlineData(500, 1000, 500)]
    [InlineData(900, 1000, 900)]
    [InlineData(901, 1000, 900)]
    [InlineData(5000, 1000, 900)]
    public void Budget_IsAtMostNineTenthsOfWhatThereIs_WhenMoreIsConfigured(long configured, long available, long expected) =>
        Assert.Equal(expected, ProcessMemory.Budget(configured, available));

    [Fact]
    public void Sample_HoldsThisProcess_WhenRead()
    {
        var sample = new ProcessMemory(new ManualTime(), configuredBudget: 1).Read();
        // A .NET process with a test runner in it takes more than 16 MB, and RSS is not counted in pages.
        Assert.InRange(sample.ResidentBytes, 16L << 20, 1L << 40);
        Assert.InRange(sample.HeapBytes, 1, sample.ResidentBytes);
        Assert.Equal((1L, ManualTime.Start), (sample.BudgetBytes, sample.At));
    }
}
