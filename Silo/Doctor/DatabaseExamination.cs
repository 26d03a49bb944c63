using System.Globalization;
using Ingestion.Doctor;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Schema;
using Npgsql;

namespace Ingestion.Silo.Doctor;

/// <summary>The cluster's database: whether it answers, has our tables, keeps what it acknowledges, and agrees about the time.</summary>
internal sealed class DatabaseExamination(ClusterSettings cluster, TimeProvider time) : IExamination
{
    private const string Page = StartException.DatabasePage;

    // Without it a crash of the server loses what silos have acknowledged.
    private static readonly string[] _durable = ["fsync", "full_page_writes", "synchronous_commit"];

    public IEnumerable<Look> Looks =>
    [
        new("database", $"correct {DatabaseCheck.Setting}, or start the database: {Page}", stop => UseAsync(
            (connection, database) => Task.FromResult(Diagnosis.Ok($"{database} answers, PostgreSQL {connection.PostgreSqlVersion}")), stop)),
        new("schema", $"run `silo migrate`: {Page}", stop => UseAsync((connection, database) => LookAtSchemaAsync(connection, database, stop), stop)),
        new("clock", "set the clocks by NTP", stop => UseAsync((connection, database) => LookAtClockAsync(connection, database, stop), stop)),
        new("durability", $"set them to on in the server: {Page}", stop => UseAsync((connection, _) => LookAtDurabilityAsync(connection, stop), stop)),
        new("connections", $"raise max_connections, or lower the pools: {Page}", stop => UseAsync((connection, _) => LookAtRoomAsync(connection, stop), stop)),
    ];

    private static async Task<Diagnosis> LookAtSchemaAsync(NpgsqlConnection connection, string database, CancellationToken stop) =>
        await SchemaCheck.FindAsync(connection, stop) is { } mistake ? Diagnosis.Wrong($"{database} {mistake}") : Diagnosis.Ok("has the tables of this build");

    private async Task<Diagnosis> LookAtClockAsync(NpgsqlConnection connection, string database, CancellationToken stop)
    {
        await ClockCheck.RunAsync(connection, database, time, stop);
        return Diagnosis.Ok("agrees with that of the database");
    }

    private static async Task<Diagnosis> LookAtDurabilityAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        var off = new List<string>();
        foreach (var name in _durable)
        {
            if (await ReadAsync(connection, $"select current_setting('{name}')", stop) is "off")
                off.Add(name);
        }

        return off is []
            ? Diagnosis.Ok("what the database acknowledges it has on its disk")
            : Diagnosis.Wrong($"{string.Join(", ", off)} off: a crash of the server loses what clients were told is safe");
    }

    private static async Task<Diagnosis> LookAtRoomAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        var most = int.Parse(await ReadAsync(connection, "select current_setting('max_connections')", stop), CultureInfo.InvariantCulture);
        var used = int.Parse(await ReadAsync(connection, "select count(*)::text from pg_stat_activity where backend_type = 'client backend'", stop),
            CultureInfo.InvariantCulture);
        var finding = $"{used} of {most} are in use";
        return used * 5 > most * 4 ? Diagnosis.Warning(finding) : Diagnosis.Ok(finding);
    }

    private static async Task<string> ReadAsync(NpgsqlConnection connection, string query, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(query, connection);
        return (string)(await command.ExecuteScalarAsync(stop))!;
    }

    private async Task<Diagnosis> UseAsync(Func<NpgsqlConnection, string, Task<Diagnosis>> look, CancellationToken stop)
    {
        Diagnosis found = default;
        await DatabaseCheck.UseAsync(cluster.ConnectionString, time, TimeSpan.Zero, async (connection, database, _) => found = await look(connection, database))
            .WaitAsync(stop);
        return found;
    }
}
