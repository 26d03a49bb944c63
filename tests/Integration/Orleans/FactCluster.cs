using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Ingestion.Tests.Integration.OrleansFacts;

/// <summary>
/// Silos for one fact, with nothing in them but Orleans and the fact's own grains. (The namespace is not called Orleans, as that would hide
/// Orleans' own from the other tests.)
/// </summary>
internal sealed class FactCluster : IAsyncDisposable
{
    private FactCluster(InProcessTestCluster cluster, Probe probe) => (Cluster, Probe) = (cluster, probe);

    public InProcessTestCluster Cluster { get; }

    /// <summary>One for all silos.</summary>
    public Probe Probe { get; }

    public SiloAddress[] Silos => [.. Cluster.Silos.Select(silo => silo.SiloAddress)];

    public static async Task<FactCluster> StartAsync(short silos = 1, Action<ISiloBuilder>? configure = null)
    {
        var probe = new Probe();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(probe);
            configure?.Invoke(silo);
        });
        var cluster = new FactCluster(builder.Build(), probe);
        try
        {
            await cluster.Cluster.DeployAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public IServiceProvider Services(int silo) => Cluster.GetSiloServiceProvider(Silos[silo]);

    /// <summary>Calls made with it come from that silo, as those of the product's edge and workers do.</summary>
    public IGrainFactory From(int silo) => Services(silo).GetRequiredService<IGrainFactory>();

    public static string NewKey() => Guid.NewGuid().ToString("N");

    public async ValueTask DisposeAsync()
    {
        Probe.OpenAll();
        await Cluster.DisposeAsync();
    }
}
