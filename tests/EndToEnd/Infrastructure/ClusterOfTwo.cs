using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>Two silos of one cluster: state in a PostgreSQL, objects in a bucket, jobs in a queue, one key for tokens.</summary>
internal sealed class ClusterOfTwo : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private SiloProcess? _one;
    private SiloProcess? _other;

    private ClusterOfTwo(PostgresServer postgres, string database, SharedBackends backends) => (Postgres, Database, Backends) = (postgres, database, backends);

    public PostgresServer Postgres { get; }

    /// <summary>Its connection string.</summary>
    public string Database { get; }

    public SharedBackends Backends { get; }

    public SiloProcess One => _one!;

    public SiloProcess Other => _other!;

    public SiloProcess[] Silos => [One, Other];

    public static async Task<ClusterOfTwo> StartAsync(params (string Name, string Value)[] settings)
    {
        var postgres = (await PostgresServer.TryStartAsync())!;
        var cluster = new ClusterOfTwo(postgres, await postgres.CreateClusterDatabaseAsync(), await SharedBackends.StartAsync());
        try
        {
            cluster._one = await cluster.StartSiloAsync("one", settings);
            var keys = Path.Combine(cluster._folder.In("other"), "keys");
            Directory.CreateDirectory(keys);
            File.Copy(Path.Combine(cluster.One.Data, "keys", "token.key"), Path.Combine(keys, "token.key"));
            cluster._other = await cluster.StartSiloAsync("other", settings);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in new[] { _one, _other }.OfType<SiloProcess>())
            await silo.DisposeAsync();
        await Backends.DisposeAsync();
        await Postgres.DisposeAsync();
        _folder.Dispose();
    }

    private Task<SiloProcess> StartSiloAsync(string name, (string Name, string Value)[] settings) => SiloProcess.StartAsync(
        _folder.In(name),
        [
            .. settings, .. Backends.Settings, ("Cluster__Kind", "postgres"), ("Cluster__ConnectionString", Database), ("Cluster__SiloPort", $"{Ports.Next()}"),
        ]);
}
