using Ingestion.Tests.EndToEnd.Uploads.Tus;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>A silo on a real PostgreSQL that goes away, or does not have the tables that it needs.</summary>
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb)]
public sealed class DatabaseTests : IAsyncLifetime
{
    private const int WrongSetting = 78;

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
    public async Task TheFileIsNamed_WhenTheDatabaseHasNoTables() =>
        await RefusedAsync(await _postgres!.CreateDatabaseAsync(), "has no table orleansquery: apply deploy/sql/postgresql/schema.sql to it");

    [ContractFact]
    public async Task TheFileIsNamed_WhenTheKeyOfTheStatesIsMissing()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        await PostgresServer.ExecuteAsync(
            database, "alter table OrleansStorage drop constraint orleansstorage_pkey; create index on OrleansStorage (GrainIdExtensionString)");
        await RefusedAsync(
            database, "has a table orleansstorage without the primary key (grainidextensionstring,grainidn0,grainidn1,graintypestring,serviceid)");
    }

    [ContractFact]
    public async Task TheFileIsNamed_WhenTheTablesAreOfAnotherScript()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, "drop table IngestionSchema");
        await RefusedAsync(database, "has no table ingestionschema: apply deploy/sql/postgresql/schema.sql to it");
    }

    [ContractFact]
    public async Task BothVersionsAreNamed_WhenTheSchemaIsOlder()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, "delete from IngestionSchema");
        await RefusedAsync(database, "has version 0 of the schema, and this build needs 1: apply deploy/sql/postgresql/schema.sql");
    }

    [ContractFact]
    public async Task BothVersionsAreNamed_WhenTheSchemaIsNewer()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, "insert into IngestionSchema (Version, Orleans) values (99, 'later')");
        await RefusedAsync(database, "has version 99 of the schema, which is newer than this build (1");
    }

    private static void Unavailable(Answer answer)
    {
        answer.IsProblem(503, "unavailable");
        Assert.True(int.Parse(answer.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture) > 0);
    }

    private static async Task RefusedAsync(string database, string sentence)
    {
        using var folder = new TempFolder();
        var start = Executable.Silo(["--urls", $"http://127.0.0.1:{Ports.Next()}", "--data", folder.In("data")]);
        foreach (var (name, value) in Settings(database))
            start.Environment[$"Ingestion__{name}"] = value;
        var run = await Executable.RunAsync(start);
        Assert.True(run.ExitCode == WrongSetting, $"{run.ExitCode}\n{run.Output}\n{run.Error}");
        var line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("ingestion: cannot start: ", line, StringComparison.Ordinal);
        Assert.Contains(sentence, line, StringComparison.Ordinal);
    }

    private static (string Name, string Value)[] Settings(string database) =>
        [("Cluster__Kind", "postgres"), ("Cluster__ConnectionString", database), ("Cluster__SiloPort", $"{Ports.Next()}")];
}
