using Ingestion.Tests.Cluster.Infrastructure;
using Ingestion.Tests.Cluster.Load;
using Ingestion.Tests.Support.Servers;
using Xunit.Abstractions;

namespace Ingestion.Tests.Cluster.Histories;

/// <summary>What all silos share goes away for a while.</summary>
[Collection(ClusterOfThree.Name)]
public sealed class OutageTests(ClusterOfThree cluster, ITestOutputHelper output)
{
    private static readonly TimeSpan _outage = TimeSpan.FromSeconds(20);

    [HistoryFact]
    public async Task NothingIsLostOrThereTwice_WhenTheDatabaseIsStoppedFor20SecondsAndItsConnectionsAreKilled()
    {
        await using var load = await HistoryLoad.StartAsync(cluster, output);

        await cluster.Postgres.StopAsync();
        await Task.Delay(_outage);
        await cluster.Postgres.StartAgainAsync();
        await load.GoOnAsync(4);
        for (var i = 0; i < 3; i++)
        {
            await KillConnectionsAsync();
            await load.GoOnAsync(2);
        }

        await cluster.AreActiveAsync();
        await load.AssertNothingIsLostAsync();
    }

    [HistoryFact]
    public async Task NothingIsLostOrThereTwice_WhenTheQueueIsAwayFor20Seconds()
    {
        await using var load = await HistoryLoad.StartAsync(cluster, output);
        await GoOnBehindAsync(load, cluster.Queue, Fault.ResetInRequest);
    }

    [HistoryFact]
    public async Task NothingIsLostOrThereTwice_WhenTheStoreAnswers503For20Seconds()
    {
        await using var load = await HistoryLoad.StartAsync(cluster, output);
        await GoOnBehindAsync(load, cluster.Store, Fault.Unavailable);
    }

    private static async Task GoOnBehindAsync(HistoryLoad load, FaultyServer server, Fault fault)
    {
        server.Decide = _ => fault;
        await Task.Delay(_outage);
        server.Decide = _ => Fault.None;
        await load.GoOnAsync(4);

        await load.AssertNothingIsLostAsync();
    }

    private async Task KillConnectionsAsync()
    {
        const string kill = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
        // The connection that this one takes from its pool was killed the time before.
        Npgsql.NpgsqlConnection.ClearAllPools();
        await PostgresServer.ExecuteAsync(cluster.Database, kill);
    }
}
