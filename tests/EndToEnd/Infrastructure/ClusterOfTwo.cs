using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>
/// Two silos of one cluster, at the same port of two addresses as on two machines: state in a PostgreSQL, objects in a bucket, jobs in a queue, one
/// key for tokens.
/// </summary>
internal sealed class ClusterOfTwo : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _port = $"{Ports.Next()}";
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

    public static Task<ClusterOfTwo> StartAsync(params (string Name, string Value)[] settings) => StartAsync(_ => Task.FromResult(settings));

    /// <summary>With settings that follow from the backends.</summary>
    public static async Task<ClusterOfTwo> StartAsync(Func<SharedBackends, Task<(string Name, string Value)[]>> settingsOf)
    {
        var postgres = (await PostgresServer.TryStartAsync())!;
        var cluster = new ClusterOfTwo(postgres, await postgres.CreateClusterDatabaseAsync(), await SharedBackends.StartAsync());
        try
        {
            var settings = await settingsOf(cluster.Backends);
            cluster._one = await cluster.StartSiloAsync("one", "127.0.0.1", settings);
            var keys = Path.Combine(cluster._folder.In("other"), "keys");
            Directory.CreateDirectory(keys);
            File.Copy(Path.Combine(cluster.One.Data, "keys", "token.key"), Path.Combine(keys, "token.key"));
            cluster._other = await cluster.StartSiloAsync("other", "127.0.0.2", settings);
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

    private Task<SiloProcess> StartSiloAsync(string name, string address, (string Name, string Value)[] settings)
    {
        (string Name, string Value)[] all =
        [
            .. settings, .. Backends.Settings, ("Cluster__Kind", "postgres"), ("Cluster__ConnectionString", Database), ("Cluster__SiloPort", _port),
            ("Cluster__AdvertisedAddress", address), ("Cluster__SiloName", name),
        ];
        return SiloProcess.StartAsync(_folder.In(name), [.. all.DistinctBy(setting => setting.Name)]);
    }
}
