using Ingestion.Tests.Conformance.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Ingestion.Tests.Conformance.Cluster;

/// <summary>Silos for one test that adds, stops and kills them.</summary>
public sealed class ElasticCluster(short silos) : ProbedCluster(silos)
{
    public static async Task<ElasticCluster> StartAsync(short silos = 2)
    {
        var cluster = new ElasticCluster(silos);
        await cluster.DeployAsync();
        return cluster;
    }

    public InProcessSiloHandle Silo(SiloAddress address) => Cluster.Silos.Single(s => s.SiloAddress.Equals(address));

    public SiloAddress Other(SiloAddress address) => SiloAddresses.Single(s => !s.Equals(address));

    /// <summary>At least so many grains with state, some of them on either silo.</summary>
    public async Task<Dictionary<string, SiloAddress>> SpreadAsync(int grains)
    {
        var places = new Dictionary<string, SiloAddress>();
        while (places.Count < grains || places.Values.Distinct().Count() < 2)
        {
            var key = Keys.New();
            var grain = Client.GetGrain<IMobileGrain>(key);
            await grain.WriteAsync($"state of {key}");
            places[key] = await grain.WhereAsync();
        }

        return places;
    }

    protected override void Configure(ISiloBuilder silo)
    {
        silo.UseInMemoryReminderService();
        silo.Configure<ReminderOptions>(o =>
        {
            o.MinimumReminderPeriod = SharedCluster.MinimumReminderPeriod;
            // A reminder that is registered while silos come and go may be missed by its new owner until the next refresh: 5 minutes by default.
            o.RefreshReminderListPeriod = TimeSpan.FromSeconds(1);
        });
        silo.AddGrainService<Services.WhereService>();
        silo.Services.AddSingleton<Services.IWhereServiceClient, Services.WhereServiceClient>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, Services.Participant>();
    }
}
