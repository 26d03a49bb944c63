using Ingestion.Tests.EndToEnd.Uploads.Tus;
using Ingestion.Tests.Support.Servers;
using Npgsql;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>A silo on a real PostgreSQL that goes away, or does not have the tables that it needs.</summary>
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb)]
public sealed class DatabaseTests : IAsyncLifetime
{
    private const int WrongSetting = 78;
    private const int SomethingInTheWay = 1;

    // As Orleans writes it.
    private const int Active = 3;

    private PostgresServer? _postgres;

    public async Task InitializeAsync() => _postgres = await PostgresServer.TryStartAsync();

    public async Task DisposeAsync()
    {
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    [ContractFact]
    public async Task EveryAnswerIs503WithRetryAfter_WhileTheDatabaseIsAway()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, Settings(await _postgres!.CreateClusterDatabaseAsync()));
        using var api = silo.As("alice", "upload", "read", "admin");
        var id = await api.UploadToReadyAsync(Samples.Mp4);
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        await tus.PatchAsync(path, 0, Samples.Mp4[..1000]);
        await _postgres.StopAsync();

        using (var cold = silo.As("bob", "upload", "read"))
        {
            Unavailable(await cold.PostAsync(FormBody.Of(Samples.Mp4, "clip.mp4")));
            Unavailable(await cold.GetAsync("/api/videos"));
            Unavailable(await cold.GetAsync("/api/events/poll?after=0:0&wait=0"));
            Unavailable(await cold.GetAsync("/api/events"));
            Unavailable(await cold.GetAsync("/api/events/history"));
            Unavailable(await cold.GetAsync("/api/usage"));
            Unavailable(await cold.GetAsync($"/api/videos/{Guid.CreateVersion7():N}"));
            Unavailable(await cold.SendAsync(HttpMethod.Post, "/api/uploads", null, ("Tus-Resumable", "1.0.0"), ("Upload-Length", "100")));
        }

        Unavailable(await api.PostAsync(FormBody.Of(Samples.Mp4, "clip.mp4")));
        Unavailable(await api.DeleteAsync($"/api/videos/{id}"));
        Unavailable(await tus.PatchAsync(path, 1000, Samples.Mp4[1000..]));

        await _postgres.StartAgainAsync();
        await Eventually.TrueAsync(async () => (await api.GetAsync("/api/videos")).Status == 200, "the database is found again");
        Assert.Equal([id], await api.ListAsync());
        Assert.Equal(Samples.Mp4, (await api.GetAsync($"/api/videos/{id}/source")).Is(200).Body);
        await api.UploadToReadyAsync(Samples.Mp4);
    }

    [ContractFact]
    public async Task TheCommandIsNamed_WhenTheDatabaseHasNoTables() =>
        await RefusedAsync(await _postgres!.CreateDatabaseAsync(), "has no table orleansquery: run `silo migrate` on it");

    [ContractFact]
    public async Task TheCommandIsNamed_WhenTheKeyOfTheStatesIsMissing()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        await PostgresServer.ExecuteAsync(
            database, "alter table OrleansStorage drop constraint orleansstorage_pkey; create index on OrleansStorage (GrainIdExtensionString)");
        await RefusedAsync(
            database,
            "has a table orleansstorage without the primary key (grainidextensionstring,grainidn0,grainidn1,graintypestring,serviceid)", "`silo migrate`");
    }

    [ContractFact]
    public async Task TheCommandIsNamed_WhenTheTablesAreOfAnotherScript()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, "drop table IngestionSchema");
        await RefusedAsync(database, "has no table ingestionschema: run `silo migrate` on it");
    }

    /// <summary>As the file of 0.3 left it.</summary>
    [ContractFact]
    public async Task BothVersionsAreNamed_WhenTheSchemaIsOlder()
    {
        var database = await _postgres!.CreateDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, PostgresServer.Scripts[0]);
        await RefusedAsync(database, $"has version 1 of the schema, and this build needs {PostgresServer.Scripts.Count}", "run `silo migrate` on it");
    }

    [ContractFact]
    public async Task BothVersionsAreNamed_WhenTheSchemaIsNewer()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, "insert into IngestionScript (Version, Name, OldestBuild) values (99, 'later', 99)");
        await RefusedAsync(database, $"has version 99 of the schema, which this build ({PostgresServer.Scripts.Count}) cannot use", "`silo migrate`");
    }

    /// <summary>A silo of the release before restarts while the cluster is upgraded, or put back.</summary>
    [ContractFact]
    public async Task SiloStarts_WhenANewerScriptOnlyAdds()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        await PostgresServer.ExecuteAsync(
            database, $"insert into IngestionScript (Version, Name, OldestBuild) values (99, 'later', {PostgresServer.Scripts.Count})");
        await using var silo = await SiloProcess.StartAsync(data: null, Settings(database));
    }

    /// <summary>Each start leaves a row, and containers start often.</summary>
    [ContractFact]
    public async Task RowsOfDeadSilosGo_AfterADay()
    {
        const string Rows = "select coalesce(string_agg(SiloName, ',' order by SiloName), '') from OrleansMembershipTable where SiloName like 'dead-%'";
        var database = await _postgres!.CreateClusterDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, """
            insert into OrleansMembershipVersionTable (DeploymentId) values ('ingestion');
            insert into OrleansMembershipTable (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
            select 'ingestion', '127.0.0.1', 1, hours, 'dead-' || hours, 'host', 6, 0, now() - hours * interval '1 hour', now() - hours * interval '1 hour'
            from unnest(array[2, 23, 25, 100]) as hours
            """);
        await using var silo = await SiloProcess.StartAsync(data: null, Settings(database));
        await using var source = NpgsqlDataSource.Create(database);
        await using var rows = source.CreateCommand(Rows);
        await Eventually.TrueAsync(async () => await rows.ExecuteScalarAsync() is "dead-2,dead-23", () => $"the old rows are gone\n{silo.Log}");
    }

    [ContractFact]
    public async Task BothClocksAreNamed_WhenTheyAreApart()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        // Found before the database's own, in the order of this connection.
        await PostgresServer.ExecuteAsync(
            database,
            "create function public.clock_timestamp() returns timestamptz language sql as $$ select pg_catalog.clock_timestamp() - interval '10 min' $$");
        var line = await RefusedAsync(Settings($"{database};Search Path=\"public,pg_catalog\""), SomethingInTheWay, "the clock of this machine (20");
        Assert.Matches(@"\) are (599|600|601)(\.\d)? s apart, ", line);
    }

    /// <summary>On ports that the system chooses, at one address.</summary>
    [ContractFact]
    public async Task TwoSilosOfOneMachineFindEachOtherAndKeepConnectionsForMembership_WhenTheirPortsAreFreeOnes()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        (string, string)[] settings = [.. Settings(database, port: 0)];
        await using var one = await SiloProcess.StartAsync(data: null, settings);
        await using var other = await SiloProcess.StartAsync(data: null, settings);
        await using var source = NpgsqlDataSource.Create(database);
        Assert.Equal(2L, await ScalarAsync(source, $"select count(distinct Port) from OrleansMembershipTable where Status = {Active}"));
        var names = await ScalarAsync(
            source,
            "select string_agg(distinct application_name, ',' order by application_name) from pg_stat_activity "
            + "where datname = current_database() and application_name <> ''");
        Assert.Equal("ingestion,ingestion membership", names);
    }

    [ContractFact]
    public async Task AnotherClusterIsRefused_WhileASiloOfTheServiceIsAlive()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        (string, string)[] staging = [.. Settings(database, port: 0), ("Cluster__ClusterId", "staging")];
        await using (var silo = await SiloProcess.StartAsync(data: null, Settings(database)))
        {
            // As after a while, in which none was started.
            await PostgresServer.ExecuteAsync(database, "update IngestionService set StartedAt = now() - interval '1 hour'");
            await RefusedAsync(
                staging, SomethingInTheWay,
                "silos of Ingestion:Cluster:ClusterId=ingestion are alive, or were within 60 s, with Ingestion:Cluster:ServiceId=ingestion, "
                + "and this one is of ClusterId=staging: two clusters can't share state; give it that ClusterId, or a ServiceId of its own");
            await using var other = await SiloProcess.StartAsync(data: null, [.. staging, ("Cluster__ServiceId", "staging")]);
            // As silos of 0.3.0 leave it, which don't know the table.
            await PostgresServer.ExecuteAsync(database, "delete from IngestionService where ServiceId = 'ingestion'");
            await RefusedAsync(
                [.. Settings(database, port: 0)], SomethingInTheWay,
                "silos of a release before 0.4.0 are alive, or were within 60 s: they and this one can't share grains; stop all of them first");
            await silo.TerminateAsync();
            Assert.Equal(0, await silo.ExitAsync());
        }

        await using var next = await SiloProcess.StartAsync(data: null, staging);
        await RefusedAsync(Settings(database), SomethingInTheWay, "silos of Ingestion:Cluster:ClusterId=staging are alive");
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private static void Unavailable(Answer answer)
    {
        answer.IsProblem(503, "unavailable");
        Assert.True(int.Parse(answer.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture) > 0);
    }

    private static Task<string> RefusedAsync(string database, params string[] sentences) =>
        RefusedAsync(Settings(database), WrongSetting, sentences);

    private static async Task<string> RefusedAsync((string Name, string Value)[] settings, int exitCode, params string[] sentences)
    {
        using var folder = new TempFolder();
        var start = Executable.Silo(["--urls", $"http://127.0.0.1:{Ports.Next()}", "--data", folder.In("data")]);
        foreach (var (name, value) in settings)
            start.Environment[$"Ingestion__{name}"] = value;
        var run = await Executable.RunAsync(start);
        Assert.True(run.ExitCode == exitCode, $"{run.ExitCode}\n{run.Output}\n{run.Error}");
        var line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("ingestion: cannot start: ", line, StringComparison.Ordinal);
        Assert.All(sentences, sentence => Assert.Contains(sentence, line, StringComparison.Ordinal));
        return line;
    }

    private static (string Name, string Value)[] Settings(string database, int? port = null) =>
    [
        ("Cluster__Kind", "postgres"), ("Cluster__ConnectionString", database), ("Cluster__SiloPort", $"{port ?? Ports.Next()}"),
        ("Cluster__AdvertisedAddress", "127.0.0.1"), ("Cluster__OneSilo", "true"),
    ];
}
