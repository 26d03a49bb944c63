using Ingestion.Tests.Support.Servers;
using Npgsql;

namespace Ingestion.Tests.EndToEnd.Silo.Commands;

/// <summary><c>migrate</c> on databases of a real PostgreSQL: empty, made by hand with an older release, in use, and of others.</summary>
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb)]
public sealed class MigrateCommandTests : IAsyncLifetime
{
    private const int WrongSetting = 78;
    private const string Password = "s3cret-of-the-database";
    private const string Versions = "select coalesce(string_agg(Version::text, ',' order by Version), '') from IngestionScript";
    private const string Tables = "select count(*)::text from information_schema.tables where table_schema = 'public'";

    private static readonly int _scripts = PostgresServer.Scripts.Count;
    private static readonly string _all = string.Join(',', Enumerable.Range(1, _scripts));

    private PostgresServer? _postgres;

    public async Task InitializeAsync() => _postgres = await PostgresServer.TryStartAsync();

    public async Task DisposeAsync()
    {
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    [ContractFact]
    public async Task EachScriptIsAppliedOnce_WhenTheDatabaseIsEmpty()
    {
        var database = await _postgres!.CreateDatabaseAsync();
        var first = await MigrateAsync(database);
        Assert.Equal(_scripts, Count(first, ": applied now"));
        Assert.Contains($"has version {_scripts} of the schema", first.Output, StringComparison.Ordinal);
        Assert.Equal(_all, await ReadAsync(database, Versions));

        var again = await MigrateAsync(database);
        Assert.Equal((0, _scripts), (Count(again, ": applied now"), Count(again, ": applied before")));
        Assert.Equal(_all, await ReadAsync(database, Versions));
    }

    /// <summary>As the one file of 0.3 left it: its version is known, and its states stay.</summary>
    [ContractFact]
    public async Task StatesAndVersionsStay_WhenTheDatabaseWasMadeByHand()
    {
        const string States = "select string_agg(GrainIdExtensionString || Version || encode(PayloadBinary, 'escape'), ',') from OrleansStorage";
        var database = await _postgres!.CreateDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, PostgresServer.Scripts[0]);
        await PostgresServer.ExecuteAsync(database, "select WriteToStorage(1, 2, 3, 4, 'type', 'extension', 'service', null, '\\x7b7d')");
        var before = await ReadAsync(database, States);

        var run = await MigrateAsync(database);
        Assert.Contains("0001-tables.sql: applied before", run.Output, StringComparison.Ordinal);
        Assert.Equal(_scripts - 1, Count(run, ": applied now"));
        Assert.Equal((before, _all), (await ReadAsync(database, States), await ReadAsync(database, Versions)));
        // Silos of 0.3 refuse another version there.
        Assert.Equal("1", await ReadAsync(database, "select string_agg(Version::text, ',') from IngestionSchema"));
    }

    [ContractFact]
    public async Task EachScriptIsAppliedOnce_WhenManyMigrateAtOnce()
    {
        var database = await _postgres!.CreateDatabaseAsync();
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MigrateAsync(database)));
        Assert.Equal(_scripts, runs.Sum(run => Count(run, ": applied now")));
        Assert.Equal(_all, await ReadAsync(database, Versions));
    }

    /// <summary>What a session remembers of the tables is older than its wait.</summary>
    [ContractFact]
    public async Task ScriptIsAppliedOnce_WhenItWaitedForAnotherMigration()
    {
        const string Waiting = "select count(*)::text from pg_locks where locktype = 'advisory' and not granted";
        var database = await _postgres!.CreateDatabaseAsync();
        await using var first = NpgsqlDataSource.Create(database);
        await using var connection = await first.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"select pg_advisory_xact_lock(hashtext('ingestion schema')); {PostgresServer.Scripts[0]}", connection);
        await command.ExecuteNonQueryAsync();
        var second = MigrateAsync(database);
        await Eventually.TrueAsync(async () => await ReadAsync(database, Waiting) == "1", "the second waits for the first");
        await transaction.CommitAsync();

        var run = await second;
        Assert.Contains("0001-tables.sql: applied before", run.Output, StringComparison.Ordinal);
        Assert.Equal(_scripts - 1, Count(run, ": applied now"));
    }

    [ContractFact]
    public async Task NothingIsChanged_WhenItIsDry()
    {
        var database = await _postgres!.CreateDatabaseAsync();
        var run = await MigrateAsync(database, "--dry-run");
        Assert.Equal(_scripts, Count(run, ": to apply"));
        Assert.Equal("0", await ReadAsync(database, Tables));
        await MigrateAsync(database);
        Assert.Equal(_scripts, Count(await MigrateAsync(database, "--dry-run"), ": applied"));
    }

    [ContractFact]
    public async Task SiloServesOn_WhileItsDatabaseIsMigrated()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        await using var silo = await SiloProcess.StartAsync(
            data: null, ("Cluster__Kind", "postgres"), ("Cluster__ConnectionString", database), ("Cluster__SiloPort", $"{Ports.Next()}"),
            ("Cluster__OneSilo", "true"));
        using var api = silo.As("alice");
        // As if each were new, so that all run again beside it.
        await PostgresServer.ExecuteAsync(database, "drop table IngestionScript; delete from IngestionSchema where Version > 1");
        var uploads = Enumerable.Range(0, 8).Select(_ => api.UploadToReadyAsync(Samples.Mp4)).ToArray();
        Assert.Equal(_scripts - 1, Count(await MigrateAsync(database), ": applied now"));
        await Task.WhenAll(uploads);
        Assert.Equal(uploads.Length, (await api.ListAsync()).Length);
    }

    [ContractFact]
    public async Task DatabaseOfANewerRelease_IsRefused()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, "insert into IngestionScript (Version, Name, OldestBuild) values (99, 'later', 99)");
        await RefusedAsync(database, $"version 99 of the schema, which this release ({_scripts}) cannot use: use the release that made it");
    }

    [ContractFact]
    public async Task TablesOfAnotherScript_AreRefusedAndStay()
    {
        var database = await _postgres!.CreateDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, "create table OrleansStorage (GrainIdHash int, PayloadBinary bytea)");
        await RefusedAsync(database, "0001-tables.sql failed in the database", "OrleansStorage exists and was not created by this file");
        Assert.Equal("1", await ReadAsync(database, Tables));
    }

    [ContractFact]
    public async Task MissingRights_AreNamed()
    {
        var database = await _postgres!.CreateDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, "create role poor login");
        await RefusedAsync(new NpgsqlConnectionStringBuilder(database) { Username = "poor" }.ConnectionString, "permission denied for schema public");
    }

    /// <summary>Neither in what is printed, with frames too, nor taken from where other users of the machine can read it.</summary>
    [ContractFact]
    public async Task PasswordIsNotPrinted_WhateverFails()
    {
        var known = new NpgsqlConnectionStringBuilder(await _postgres!.CreateDatabaseAsync()) { Password = Password };
        var unknown = new NpgsqlConnectionStringBuilder(known.ConnectionString) { Database = "nowhere" };
        foreach (var database in new[] { unknown.ConnectionString, $"{known.ConnectionString};Bogus=1", $"Password={Password};=" })
        {
            var run = await RunAsync(database, "--verbose");
            Assert.NotEqual(0, run.ExitCode);
            Assert.DoesNotContain(Password, run.Output + run.Error, StringComparison.Ordinal);
            Assert.Contains("Ingestion:Cluster:ConnectionString", run.Error, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Password, (await MigrateAsync(known.ConnectionString)).Output, StringComparison.Ordinal);
        var typed = await Executable.RunSiloAsync("migrate", "--Ingestion:Cluster:ConnectionString", known.ConnectionString);
        Assert.Equal(WrongSetting, typed.ExitCode);
        Assert.Contains("is a secret", typed.Error, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task SettingIsNamed_WhenThereIsNone()
    {
        var run = await Executable.RunSiloAsync("migrate");
        Assert.Equal(WrongSetting, run.ExitCode);
        Assert.StartsWith("ingestion: cannot migrate: Ingestion:Cluster:ConnectionString must be set", run.Error, StringComparison.Ordinal);
    }

    private static int Count(Finished run, string what) => run.Output.Split('\n').Count(line => line.Contains(what, StringComparison.Ordinal));

    private static async Task<Finished> MigrateAsync(string database, params string[] arguments)
    {
        var run = await RunAsync(database, arguments);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        return run;
    }

    private static async Task RefusedAsync(string database, params string[] sentences)
    {
        var run = await RunAsync(database);
        Assert.True(run.ExitCode == WrongSetting, $"{run.ExitCode}\n{run.Output}\n{run.Error}");
        var line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("ingestion: cannot migrate: ", line, StringComparison.Ordinal);
        Assert.All(sentences, sentence => Assert.Contains(sentence, line, StringComparison.Ordinal));
    }

    private static Task<Finished> RunAsync(string database, params string[] arguments)
    {
        var start = Executable.Silo(["migrate", .. arguments]);
        start.Environment["Ingestion__Cluster__ConnectionString"] = database;
        return Executable.RunAsync(start);
    }

    private static async Task<string> ReadAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
