using Ingestion.Silo.Hosting;
using Npgsql;

namespace Ingestion.Silo.Schema;

/// <summary>
/// Whether the database has the tables of this build, and each of them the primary key that our correctness rests on: without the one of
/// OrleansStorage two silos that write a state for the first time both succeed.
/// </summary>
internal static class SchemaCheck
{
    private const string Migrate = "run `silo migrate` on it";

    // Columns in the order of their names.
    private static readonly (string Table, string Key)[] _keys =
    [
        ("orleansquery", "querykey"),
        ("orleansmembershipversiontable", "deploymentid"),
        ("orleansmembershiptable", "address,deploymentid,generation,port"),
        ("orleansstorage", "grainidextensionstring,grainidn0,grainidn1,graintypestring,serviceid"),
        ("ingestionschema", "version"),
    ];

    // A name that is no table has no row; a table without a primary key has an empty one.
    private const string KeyOfTable = """
        select (select coalesce(string_agg(a.attname, ',' order by a.attname), '')
                from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
                where i.indrelid = t.oid and i.indisprimary and i.indisvalid)
        from to_regclass(@name) as t(oid) where t.oid is not null
        """;

    /// <exception cref="StartException">The schema is missing, of another script, older or newer.</exception>
    public static async Task RunAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        if (await FindAsync(connection, cancellationToken) is { } mistake)
            throw StartException.OfDatabase($"the database {database} ({DatabaseCheck.Setting}) {mistake}");
    }

    /// <summary>What is wrong with the schema, as the rest of a sentence about the database; null: nothing is.</summary>
    public static async Task<string?> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var (table, key) in _keys)
        {
            switch (await KeyAsync(connection, table, cancellationToken))
            {
                case null:
                    return $"has no table {table}: {Migrate}";
                case var actual when actual != key:
                    return $"has a table {table} without the primary key ({key}), which another script has made: "
                        + $"use an empty database or schema, and {Migrate}";
            }
        }

        return Compare(await AppliedScripts.ReadAsync(connection, cancellationToken));
    }

    private static string? Compare(IReadOnlyList<AppliedScript> applied)
    {
        var version = applied.Count == 0 ? 0 : applied[^1].Version;
        if (SchemaScripts.All.FirstOrDefault(script => !applied.Any(other => other.Version == script.Version)) is { } missing)
            return $"has version {version} of the schema, and this build needs {SchemaScripts.Version} (it lacks {missing.Name}): {Migrate}";
        return applied.Any(script => script.OldestBuild > SchemaScripts.Version)
            ? $"has version {version} of the schema, which this build ({SchemaScripts.Version}) cannot use: run the release whose `silo migrate` made it"
            : null;
    }

    private static async Task<string?> KeyAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(KeyOfTable, connection);
        command.Parameters.AddWithValue("name", table);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
