using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Configuration;
using Xunit;

namespace Ingestion.Tests.Conformance.Activation;

/// <summary>Collects idle activations fast. The quantum must be above zero and below the age.</summary>
public sealed class CollectingCluster() : ProbedCluster(1), IAsyncLifetime
{
    private static readonly TimeSpan Age = TimeSpan.FromMilliseconds(700);

    /// <summary>A grain that was not called for so long may be collected: engines measure its age to a fraction of a second only.</summary>
    public static readonly TimeSpan Starved = Age / 2;

    public Task InitializeAsync() => DeployAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    protected override void Configure(ISiloBuilder silo) => silo.Configure<GrainCollectionOptions>(o =>
    {
        o.CollectionQuantum = TimeSpan.FromMilliseconds(100);
        o.CollectionAge = Age;
    });

    /// <summary>Returns when a grain that was activated after this call began has been collected: the clock of these tests.</summary>
    public async Task OneCollectionAsync()
    {
        var key = Keys.New();
        await Client.GetGrain<IActivationGrain>(key).IdAsync();
        await Probe.UntilAsync(key, "deactivated ActivationIdle");
    }
}
