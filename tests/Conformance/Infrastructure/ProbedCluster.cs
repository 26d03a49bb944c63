using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Ingestion.Tests.Conformance.Infrastructure;

/// <summary>A cluster of in-process silos with the probe in each of them.</summary>
public abstract class ProbedCluster(short silos) : IAsyncDisposable
{
    /// <summary>Storage that outlives its silos: one instance for the whole cluster.</summary>
    public const string DurableStorage = "durable";

    public Probe Probe { get; } = new();

    public DictionaryStorage Durable { get; } = new();

    public InProcessTestCluster Cluster { get; private set; } = null!;

    public IGrainFactory Client => Cluster.Client;

    public SiloAddress[] SiloAddresses => [.. Cluster.Silos.Select(s => s.SiloAddress)];

    public IServiceProvider Services(int silo) => Cluster.GetSiloServiceProvider(Cluster.Silos[silo].SiloAddress);

    public IServiceProvider Services(SiloAddress silo) => Cluster.GetSiloServiceProvider(silo);

    /// <summary>The factory of that silo's host: calls made with it come from that silo.</summary>
    public IGrainFactory From(int silo) => Services(silo).GetRequiredService<IGrainFactory>();

    public async Task DeployAsync()
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(Probe);
            silo.Services.AddKeyedSingleton<Orleans.Storage.IGrainStorage>(DurableStorage, Durable);
            silo.AddMemoryGrainStorageAsDefault();
            silo.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = Probe.Deadline);
            Configure(silo);
        });
        builder.ConfigureClient(client =>
        {
            client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = Probe.Deadline);
            Configure(client);
        });
        Cluster = builder.Build();
        await Cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Probe.OpenAll();
        if (Cluster is not null) await Cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual void Configure(ISiloBuilder silo)
    {
    }

    protected virtual void Configure(IClientBuilder client)
    {
    }
}
