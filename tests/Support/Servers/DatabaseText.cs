using System.Globalization;
using System.Text;
using Npgsql;

namespace Ingestion.Tests.Support.Servers;

/// <summary>All that the tables of a database hold, as text: what an administrator or a thief of a backup can read.</summary>
public static class DatabaseText
{
    private const string Tables = """
        select quote_ident(table_schema) || '.' || quote_ident(table_name) from information_schema.tables
        where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
        """;

    /// <returns>Each row of each table; bytes are read as Latin-1, so that any text in them is found.</returns>
    public static async Task<IReadOnlyList<TableRow>> ReadAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        var tables = new List<string>();
        await foreach (var values in RowsAsync(source, Tables))
            tables.Add((string)values[0]);
        var rows = new List<TableRow>();
        foreach (var table in tables)
        {
            await foreach (var values in RowsAsync(source, $"select * from {table}"))
                rows.Add(new TableRow(table, string.Join('\n', values.Select(TextOf))));
        }

        return rows;
    }

    private static async IAsyncEnumerable<object[]> RowsAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var values = new object[reader.FieldCount];
            reader.GetValues(values);
            yield return values;
        }
    }

    private static string TextOf(object value) =>
        value is byte[] bytes ? Encoding.Latin1.GetString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}

/// <summary>A row: its values, one a line.</summary>
public sealed record TableRow(string Table, string Text);
