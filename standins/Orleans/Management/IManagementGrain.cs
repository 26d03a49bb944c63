namespace Orleans.Runtime;

/// <summary>Asks and steers the whole cluster. Key: any integer.</summary>
public interface IManagementGrain : IGrainWithIntegerKey
{
    Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false);

    Task<int> GetTotalActivationCount();

    Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics(SiloAddress[] hostsIds);

    Task<DetailedGrainStatistic[]> GetDetailedGrainStatistics(string[]? types = null, SiloAddress[]? hostsIds = null);

    Task<SiloRuntimeStatistics[]> GetRuntimeStatistics(SiloAddress[] hostsIds);

    ValueTask<SiloAddress?> GetActivationAddress(IAddressable reference);

    /// <summary>Ends activations that have been idle for at least so long.</summary>
    Task ForceActivationCollection(SiloAddress[] hostsIds, TimeSpan ageLimit);
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
    internal SiloRuntimeStatistics(int activationCount) => ActivationCount = activationCount;

    public int ActivationCount { get; }
}
