using Ingestion.Backends.Media.Tools;

namespace Ingestion.Tests.Unit.Media.Tools;

/// <summary>What the tools of a silo take together.</summary>
public sealed class ToolMemoryTests
{
    [Fact]
    public void Memory_IsTheSumOfTheRuns_AndGoesWithEach()
    {
        var memory = new ToolMemory();
        var (first, second) = (memory.Open(), memory.Open());
        first.Report(100);
        second.Report(50);
        first.Report(70);
        Assert.Equal((2, 120), (memory.Running, memory.ResidentBytes));
        first.Dispose();
        Assert.Equal((1, 50), (memory.Running, memory.ResidentBytes));
        second.Dispose();
        Assert.Equal((0, 0), (memory.Running, memory.ResidentBytes));
    }

    [Fact]
    public async Task Run_IsSeen_WhileItLasts()
    {
        using var test = new TestRunner();
        using var leave = new CancellationTokenSource();
        var run = test.ShellAsync("sleep 100", cancellationToken: leave.Token);
        await Eventually.TrueAsync(() => test.Memory is { Running: 1, ResidentBytes: > 100_000 }, "the tool's memory is seen");
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal((0, 0), (test.Memory.Running, test.Memory.ResidentBytes));
    }
}
