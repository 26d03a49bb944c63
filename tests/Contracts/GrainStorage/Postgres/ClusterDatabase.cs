using Ingestion.Tests.Support.Servers;
using Npgsql;
using Xunit;

namespace Ingestion.Tests.Contracts.GrainStorage.Postgres;

/// <summary>A PostgreSQL server and a database with the tables of a cluster, for all classes of the collection.</summary>
public sealed class ClusterDatabase : IAsyncLifetime
{
    public const string Name = "cluster database";

    private PostgresServer? _server;

    public string ConnectionString { get; private set; } = "";

    public PostgresServer Server => _server!;

    public async Task InitializeAsync()
    {
        _server = await PostgresServer.TryStartAsync();
        if (_server is not null)
            ConnectionString = await _server.CreateClusterDatabaseAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    public Task<T> ScalarAsync<T>(string sql, params (string Name, object Value)[] parameters) => ScalarAsync<T>(ConnectionString, sql, parameters);

    public static async Task<T> ScalarAsync<T>(string database, string sql, params (string Name, object Value)[] parameters)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}

[CollectionDefinition(ClusterDatabase.Name)]
public sealed class ClusterDatabaseCollection : ICollectionFixture<ClusterDatabase>;
