using Npgsql;

namespace Ingestion.Silo.Hosting;

/// <summary>
/// Whether the database has the tables of this build, and each of them the primary key that our correctness rests on: without the one of
/// OrleansStorage two silos that write a state for the first time both succeed.
/// </summary>
internal static class SchemaCheck
{
    /// <summary>The newest version that the file makes. It rises with each change that an older database does not have.</summary>
    public const int Version = 1;

    private const string File = "deploy/sql/postgresql/schema.sql";

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
        foreach (var (table, key) in _keys)
        {
            switch (await ScalarAsync(connection, KeyOfTable, table, cancellationToken) as string)
            {
                case null:
                    throw Refuse($"has no table {table}: apply {File} to it");
                case var actual when actual != key:
                    throw Refuse($"has a table {table} without the primary key ({key}): "
                        + $"it was made by another script; use a database or schema that {File} has made");
            }
        }

        var version = await ScalarAsync(connection, "select coalesce(max(Version), 0) from IngestionSchema", null, cancellationToken) as int? ?? 0;
        if (version < Version)
            throw Refuse($"has version {version} of the schema, and this build needs {Version}: apply {File} to it");
        if (version > Version)
            throw Refuse($"has version {version} of the schema, which is newer than this build ({Version}, as {File} makes it): run the release that made it");

        StartException Refuse(string what) => StartException.OfDatabase($"the database {database} ({DatabaseCheck.Setting}) {what}");
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, string? name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (name is not null)
            command.Parameters.AddWithValue("name", name);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
