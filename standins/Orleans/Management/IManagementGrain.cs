using Orleans.Statistics;

namespace Orleans.Runtime;

/// <summary>Asks and steers the whole cluster. Key: any integer.</summary>
public interface IManagementGrain : IGrainWithIntegerKey
{
    Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false);

    Task<int> GetTotalActivationCount();

    Task<int> GetGrainActivationCount(GrainReference grainReference);

    Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics();

    Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics(SiloAddress[] hostsIds);

    Task<DetailedGrainStatistic[]> GetDetailedGrainStatistics(string[]? types = null, SiloAddress[]? hostsIds = null);

    Task<SiloRuntimeStatistics[]> GetRuntimeStatistics(SiloAddress[] hostsIds);

    ValueTask<SiloAddress?> GetActivationAddress(IAddressable reference);

    ValueTask<List<GrainId>> GetActiveGrains(GrainType type);

    Task ForceGarbageCollection(SiloAddress[] hostsIds);

    /// <summary>Ends activations that have been idle for at least so long.</summary>
    Task ForceActivationCollection(TimeSpan ageLimit);

    Task ForceActivationCollection(SiloAddress[] hostsIds, TimeSpan ageLimit);

    Task ForceRuntimeStatisticsCollection(SiloAddress[] siloAddresses);
}

/// <summary>Activations of one class in one silo.</summary>
[Immutable, GenerateSerializer]
public sealed class SimpleGrainStatistic
{
    [Id(0)]
    public required string GrainType { get; init; }

    [Id(1)]
    public required SiloAddress SiloAddress { get; init; }

    [Id(2)]
    public int ActivationCount { get; init; }

    public override string ToString() => $"SimpleGrainStatistic: GrainType={GrainType} Silo={SiloAddress} NumActivations={ActivationCount}";
}

/// <summary>One activation.</summary>
[Immutable, GenerateSerializer]
public sealed class DetailedGrainStatistic
{
    [Id(0)]
    public required string GrainType { get; init; }

    [Id(1)]
    public required SiloAddress SiloAddress { get; init; }

    [Id(2)]
    public GrainId GrainId { get; init; }
}

/// <summary>One silo.</summary>
[Immutable, GenerateSerializer]
public sealed class SiloRuntimeStatistics
{
    internal SiloRuntimeStatistics(int activationCount, EnvironmentStatistics environment, DateTime time)
    {
        ActivationCount = activationCount;
        RecentlyUsedActivationCount = activationCount;
        EnvironmentStatistics = environment;
        DateTime = time;
    }

    public int ActivationCount { get; }

    public int RecentlyUsedActivationCount { get; }

    public EnvironmentStatistics EnvironmentStatistics { get; }

    public DateTime DateTime { get; }
}
