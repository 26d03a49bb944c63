using Ingestion.Backends.GrainStorage.Inventory;
using Ingestion.Tests.Contracts.GrainStorage.Contract;
using Ingestion.Tests.Support.Servers;
using Orleans.Storage;
using Xunit;

namespace Ingestion.Tests.Contracts.GrainStorage.Postgres;

[Collection(ClusterDatabase.Name)]
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb)]
public sealed class PostgresGrainStorageContract(ClusterDatabase database) : GrainStorageContract
{
    // The tests share a database; each is a service of its own in it.
    private readonly string _service = Guid.NewGuid().ToString("N");
    private readonly List<DatabaseSilo> _silos = [];

    public override async Task DisposeAsync()
    {
        foreach (var silo in _silos)
            await silo.DisposeAsync();
    }

    protected override async Task<IGrainStorage> OpenAsync()
    {
        var silo = await DatabaseSilo.StartAsync(database.ConnectionString, _service);
        _silos.Add(silo);
        return silo.Storage;
    }

    protected override IStateInventory OpenInventory() => new PostgresStates(database.ConnectionString, _service);

    protected override Task<int> CountAsync() =>
        database.ScalarAsync<int>("select count(*)::int from OrleansStorage where ServiceId = @service", ("service", _service));
}
