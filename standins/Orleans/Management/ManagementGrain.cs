namespace Orleans.Runtime;

internal sealed class ManagementGrain(Silo silo) : Grain, IManagementGrain
{
    private Cluster Cluster => silo.Client.Cluster;

    public Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false) =>
        Task.FromResult(new SiloMembership(silo).GetApproximateSiloStatuses(onlyActive));

    public Task<int> GetTotalActivationCount() => Task.FromResult(Cluster.Silos.Sum(s => s.Catalog.Count));

    public Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics(SiloAddress[] hostsIds) => Task.FromResult<SimpleGrainStatistic[]>(
    [
        .. from host in Named(hostsIds)
           from byClass in host.Catalog.All.CountBy(a => a.Class)
           select new SimpleGrainStatistic { GrainType = NameOf(byClass.Key), SiloAddress = host.SiloAddress, ActivationCount = byClass.Value },
    ]);

    public Task<DetailedGrainStatistic[]> GetDetailedGrainStatistics(string[]? types = null, SiloAddress[]? hostsIds = null) => Task.FromResult<DetailedGrainStatistic[]>(
    [
        .. from host in Named(hostsIds)
           from activation in host.Catalog.All
           let name = NameOf(activation.Class)
           where types is null || types.Length == 0 || types.Contains(name)
           select new DetailedGrainStatistic { GrainType = name, SiloAddress = host.SiloAddress, GrainId = activation.GrainId },
    ]);

    public Task<SiloRuntimeStatistics[]> GetRuntimeStatistics(SiloAddress[] hostsIds) => Task.FromResult<SiloRuntimeStatistics[]>(
    [
        .. Named(hostsIds).Select(host => new SiloRuntimeStatistics(host.Catalog.Count)),
    ]);

    public ValueTask<SiloAddress?> GetActivationAddress(IAddressable reference) =>
        new(Cluster.Directory.TryGet(reference.GetGrainId(), out var activation) ? activation.Silo.SiloAddress : null);

    public Task ForceActivationCollection(SiloAddress[] hostsIds, TimeSpan ageLimit) =>
        Task.WhenAll(Named(hostsIds).Select(host => host.Collector.Collect(ageLimit)));

    private IEnumerable<Silo> Named(SiloAddress[]? hosts) => hosts is null or [] ? Cluster.Silos : Cluster.Silos.Where(s => hosts.Contains(s.SiloAddress));

    private static string NameOf(GrainClass grainClass) => $"{grainClass.Type.FullName},{grainClass.Type.Assembly.GetName().Name}";
}
