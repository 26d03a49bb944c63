using Ingestion.Backends.GrainStorage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Storage;

namespace Ingestion.Tests.Contracts.GrainStorage.Postgres;

/// <summary>The part of a silo that talks to the database: Orleans' own providers, registered as a silo registers them, and started.</summary>
internal sealed class DatabaseSilo : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private DatabaseSilo(ServiceProvider services) => _services = services;

    public IGrainStorage Storage => _services.GetRequiredKeyedService<IGrainStorage>(WireNames.Storage);

    public IMembershipTable Membership => _services.GetRequiredService<IMembershipTable>();

    public static async Task<DatabaseSilo> StartAsync(string connectionString, string cluster)
    {
        var silo = new Builder();
        silo.Services.AddLogging();
        silo.Services.AddSerializer();
        silo.Services.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (cluster, cluster));
        silo.AddPostgresGrainStorage(connectionString);
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", connectionString));

        var services = silo.Services.BuildServiceProvider();
        var lifecycle = ActivatorUtilities.CreateInstance<SiloLifecycleSubject>(services);
        foreach (var participant in services.GetServices<ILifecycleParticipant<ISiloLifecycle>>())
            participant.Participate(lifecycle);
        await lifecycle.OnStart(CancellationToken.None);
        return new DatabaseSilo(services);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class Builder : ISiloBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection();

        public IConfiguration Configuration { get; } = new ConfigurationManager();
    }
}
