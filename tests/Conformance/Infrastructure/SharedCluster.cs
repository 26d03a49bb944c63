using Ingestion.Tests.Conformance.Calls;
using Ingestion.Tests.Conformance.Placement;
using Ingestion.Tests.Conformance.Scheduling;
using Ingestion.Tests.Conformance.Services;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Xunit;

namespace Ingestion.Tests.Conformance.Infrastructure;

/// <summary>Two silos with everything configured, for every test that neither stops a silo nor needs other settings.</summary>
public sealed class SharedCluster() : ProbedCluster(2), IAsyncLifetime
{
    public const string Name = "shared cluster";

    public const string Streams = "conformance-streams";

    /// <summary>Orleans takes any minimum that is not negative; the default is a minute.</summary>
    public static readonly TimeSpan MinimumReminderPeriod = TimeSpan.FromMilliseconds(100);

    private readonly AvoidedSilos _avoided = new();

    public Task InitializeAsync() => DeployAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    protected override void Configure(ISiloBuilder silo)
    {
        silo.AddMemoryGrainStorage("PubSubStore");
        silo.AddMemoryStreams(Streams);
        silo.AddActivityPropagation();
        silo.UseInMemoryReminderService();
        silo.Configure<ReminderOptions>(o => o.MinimumReminderPeriod = MinimumReminderPeriod);

        silo.AddIncomingGrainCallFilter<IncomingFilter>();
        silo.AddIncomingGrainCallFilter<ChangingFilter>();
        silo.AddOutgoingGrainCallFilter(new OutgoingFilter(Probe, "silo"));

        silo.Services.AddSingleton(_avoided);
        silo.AddPlacementDirector<LastDigitPlacement, LastDigitDirector>();
        silo.Services.AddPlacementFilter<AvoidingStrategy, AvoidingDirector>(ServiceLifetime.Singleton);

        silo.AddGrainService<WhereService>();
        silo.Services.AddSingleton<IWhereServiceClient, WhereServiceClient>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, Participant>();
        silo.Services.AddSingleton<IActivationWorkingSetObserver, ActivationWatcher>();
        silo.AddStartupTask(async (services, _) =>
        {
            await services.GetRequiredService<IGrainFactory>().GetGrain<IPeerGrain>("startup").PingAsync();
            Probe.Record(services.GetRequiredService<ILocalSiloDetails>().Name, "startup task got an answer");
        });
    }

    protected override void Configure(IClientBuilder client)
    {
        client.AddOutgoingGrainCallFilter(new OutgoingFilter(Probe, "client"));
        client.AddActivityPropagation();
        client.AddMemoryStreams(Streams);
    }
}

[CollectionDefinition(SharedCluster.Name)]
public sealed class SharedClusterCollection : ICollectionFixture<SharedCluster>;
