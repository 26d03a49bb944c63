using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Ingestion.Backends.GrainStorage;

/// <summary>Registers PostgreSQL as the grain storage provider, with the tables of <c>deploy/sql/postgresql</c>.</summary>
public static class PostgresGrainStorageRegistration
{
    private const string Rows = WireNames.Storage + "-rows";

    /// <summary>Keeps all grain state in the database behind <paramref name="connectionString"/>.</summary>
    public static ISiloBuilder AddPostgresGrainStorage(this ISiloBuilder silo, string connectionString)
    {
        silo.AddAdoNetGrainStorage(Rows, options =>
        {
            (options.Invariant, options.ConnectionString) = ("Npgsql", connectionString);
            options.GrainStorageSerializer = new StateSerializer();
            options.DeleteStateOnClear = true;
        });
        silo.Services.AddGrainStorage(WireNames.Storage,
            (services, _) => new GuardedStorage(new ExactKeyStorage(services.GetRequiredKeyedService<IGrainStorage>(Rows))));
        return silo;
    }
}
