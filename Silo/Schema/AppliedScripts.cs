using Npgsql;

namespace Ingestion.Silo.Schema;

/// <summary>A script that a database has.</summary>
/// <param name="Version">Its number.</param>
/// <param name="OldestBuild">The newest script that a build must have to run on a database with this one.</param>
internal sealed record AppliedScript(int Version, int OldestBuild);

/// <summary>The scripts that a database has.</summary>
internal static class AppliedScripts
{
    /// <summary>Empty where there are no tables of ours.</summary>
    public static async Task<IReadOnlyList<AppliedScript>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await HasTableAsync(connection, "IngestionScript", cancellationToken))
            return await ReadAsync(connection, "select Version, OldestBuild from IngestionScript order by Version", cancellationToken);
        // Applied by hand, before scripts were recorded.
        return await HasTableAsync(connection, "IngestionSchema", cancellationToken)
            ? await ReadAsync(connection, "select Version, Version from IngestionSchema order by Version", cancellationToken)
            : [];
    }

    // Not to_regclass: within a transaction it answers from what the session remembers, also after a wait in which another migration has made the table.
    private static async Task<bool> HasTableAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select exists (select from pg_catalog.pg_class where relname = lower(@name) and pg_catalog.pg_table_is_visible(oid))", connection);
        command.Parameters.AddWithValue("name", name);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<IReadOnlyList<AppliedScript>> ReadAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var scripts = new List<AppliedScript>();
        while (await reader.ReadAsync(cancellationToken))
            scripts.Add(new AppliedScript(reader.GetInt32(0), reader.GetInt32(1)));
        return scripts;
    }
}
