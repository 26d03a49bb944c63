namespace Orleans.Statistics;

/// <summary>Load of the process.</summary>
[Immutable]
public readonly struct EnvironmentStatistics
{
    public readonly float FilteredCpuUsagePercentage;
    public readonly long FilteredMemoryUsageBytes;
    public readonly long FilteredAvailableMemoryBytes;
    public readonly long MaximumAvailableMemoryBytes;
    public readonly float RawCpuUsagePercentage;
    public readonly long RawMemoryUsageBytes;
    public readonly long RawAvailableMemoryBytes;

    internal EnvironmentStatistics(float cpuUsagePercentage, long memoryUsageBytes, long availableMemoryBytes, long maximumAvailableMemoryBytes)
    {
        FilteredCpuUsagePercentage = RawCpuUsagePercentage = cpuUsagePercentage;
        FilteredMemoryUsageBytes = RawMemoryUsageBytes = memoryUsageBytes;
        FilteredAvailableMemoryBytes = RawAvailableMemoryBytes = availableMemoryBytes;
        MaximumAvailableMemoryBytes = maximumAvailableMemoryBytes;
    }

    public float MemoryUsagePercentage => MaximumAvailableMemoryBytes == 0 ? 0 : 100f * RawMemoryUsageBytes / MaximumAvailableMemoryBytes;

    public float AvailableMemoryPercentage => MaximumAvailableMemoryBytes == 0 ? 0 : 100f * RawAvailableMemoryBytes / MaximumAvailableMemoryBytes;
}

public interface IEnvironmentStatisticsProvider
{
    EnvironmentStatistics GetEnvironmentStatistics();
}

/// <summary>What the runtime itself knows. CPU use is not sampled here and reads 0.</summary>
internal sealed class EnvironmentStatisticsProvider : IEnvironmentStatisticsProvider
{
    public EnvironmentStatistics GetEnvironmentStatistics()
    {
        var memory = GC.GetGCMemoryInfo();
        var available = Math.Max(0, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes);
        return new(0, Environment.WorkingSet, available, memory.TotalAvailableMemoryBytes);
    }
}
