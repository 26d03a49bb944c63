using Ingestion.Tests.Contracts.GrainStorage.Contract;
using Ingestion.Tests.Support.Servers;
using Npgsql;
using Xunit;

namespace Ingestion.Tests.Contracts.GrainStorage.Postgres;

/// <summary>The scripts in <c>deploy/sql/postgresql</c>, as any client can run them.</summary>
[Collection(ClusterDatabase.Name)]
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb)]
public sealed class SchemaTests(ClusterDatabase database)
{
    private const string FirstWrite =
        "select NewGrainStateVersion from WriteToStorage(1, 2, 3, 4, 'type', 'extension', 'race', null, '\\x61')";

    private const string Tables = """
        select string_agg(table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable, ',' order by table_name, ordinal_position)
        from information_schema.columns where table_schema = 'public'
        """;

    private const string Queries = "select string_agg(QueryKey || ' ' || QueryText, ',' order by QueryKey) from OrleansQuery";

    private const string Versions = "select string_agg(Version || ' ' || AppliedAt, ',' order by Version) from IngestionScript";

    private readonly GrainId _grain = GrainId.Create("note", "ann");

    [ContractFact]
    public async Task Schema_ChangesNothing_WhenItIsAppliedAgain()
    {
        var own = await database.Server.CreateClusterDatabaseAsync();
        await using var silo = await DatabaseSilo.StartAsync(own, "again");
        var note = new GrainState<Note>(new Note { Text = "kept" });
        await silo.Storage.WriteStateAsync("note", _grain, note);
        string[] before = [await ReadAsync(own, Tables), await ReadAsync(own, Queries), await ReadAsync(own, Versions)];

        await PostgresServer.ExecuteAsync(own, PostgresServer.Schema);
        string[] after = [await ReadAsync(own, Tables), await ReadAsync(own, Queries), await ReadAsync(own, Versions)];
        Assert.Equal(before, after);
        await silo.Storage.WriteStateAsync("note", _grain, note);
        Assert.Equal("2", note.ETag);
    }

    [ContractFact]
    public async Task Schema_RecordsEachScript_WhenApplied() =>
        Assert.Equal(
            string.Join(',', Enumerable.Range(1, PostgresServer.Scripts.Count)),
            await ReadAsync(database.ConnectionString, "select string_agg(Version::text, ',' order by Version) from IngestionScript"));

    [ContractFact]
    public async Task Schema_IsRefused_WhenTablesOfAnotherScriptAreThere()
    {
        var own = await database.Server.CreateDatabaseAsync();
        await PostgresServer.ExecuteAsync(own, "create table OrleansStorage (GrainIdHash int, PayloadBinary bytea)");
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => PostgresServer.ExecuteAsync(own, PostgresServer.Schema));
        Assert.Contains("was not created by this file", refusal.MessageText, StringComparison.Ordinal);
        Assert.False(await ClusterDatabase.ScalarAsync<bool>(own, "select to_regclass('OrleansQuery') is not null"));
    }

    /// <summary>A nullable column in a key keeps nothing unique.</summary>
    [ContractFact]
    public async Task IdentityOfAState_IsThePrimaryKeyWithoutNulls_WhenApplied()
    {
        const string Key = """
            select string_agg(a.attname || case when a.attnotnull then '' else ' null' end, ',' order by a.attname)
            from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
            where i.indrelid = 'OrleansStorage'::regclass and i.indisprimary
            """;
        Assert.Equal("grainidextensionstring,grainidn0,grainidn1,graintypestring,serviceid", await ReadAsync(database.ConnectionString, Key));
    }

    /// <summary>The race of O5, in slow motion: without the primary key both get version 1 and two rows stay.</summary>
    [ContractFact]
    public async Task SecondFirstWrite_GetsNoVersion_WhenTheFirstIsNotCommittedYet()
    {
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        await using var transaction = await first.BeginTransactionAsync();
        Assert.Equal(1, await VersionAsync(first));
        var waiting = VersionAsync(second);
        await Eventually.TrueAsync(
            () => database.ScalarAsync<bool>("select exists (select from pg_stat_activity where pid = @pid and wait_event_type = 'Lock')",
            ("pid", second.ProcessID)),
            "the second write waits for the first");
        await transaction.CommitAsync();

        Assert.Null(await waiting);
        Assert.Equal(1, await database.ScalarAsync<int>("select count(*)::int from OrleansStorage where ServiceId = 'race'"));
    }

    private static async Task<object?> VersionAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(FirstWrite, connection);
        return await command.ExecuteScalarAsync();
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static Task<string> ReadAsync(string own, string sql) => ClusterDatabase.ScalarAsync<string>(own, sql);
}
