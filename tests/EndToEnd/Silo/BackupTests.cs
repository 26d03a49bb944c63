using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Ingestion.Tests.EndToEnd.Uploads.Tus;
using Ingestion.Tests.Support.Servers;
using Npgsql;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>The drill of docs/operate/backup.md: a dump and a copy of the bucket, everything lost, everything back.</summary>
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb, DatabaseDump.Dump, DatabaseDump.Restore, NpmServer.Node, NpmServer.Npm)]
public sealed class BackupTests : IAsyncLifetime, IDisposable
{
    private static readonly string[] _users = ["alice", "bob"];

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, (string User, byte[] Bytes)> _videos = [];
    private PostgresServer? _postgres;
    private SharedBackends? _backends;
    private AmazonS3Client? _store;

    private string Dump => _folder.In("ingestion.dump");

    public async Task InitializeAsync()
    {
        _postgres = await PostgresServer.TryStartAsync();
        if (_postgres is null || ProgramPath.Missing(NpmServer.Node, NpmServer.Npm) is not null)
            return;
        _backends = await SharedBackends.StartAsync();
        _store = new AmazonS3Client(new BasicAWSCredentials("test", "test"), new AmazonS3Config { ServiceURL = _backends.Url, ForcePathStyle = true });
    }

    public async Task DisposeAsync()
    {
        if (_backends is not null)
            await _backends.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    public void Dispose()
    {
        _store?.Dispose();
        _folder.Dispose();
    }

    [ContractFact]
    public async Task EveryVideoReadsBackWhole_WhenDatabaseAndBucketAreRestored()
    {
        var lost = await _postgres!.CreateClusterDatabaseAsync();
        string upload;
        Dictionary<string, byte[]> copied;
        await using (var silo = await StartAsync(lost))
        {
            for (var i = 0; i < 4; i++)
                await UploadAsync(silo, i);
            using var api = silo.As(_users[0]);
            var tus = new TusClient(api);
            upload = await tus.CreateAsync(Samples.Mp4.Length);
            (await tus.PatchAsync(upload, 0, Samples.Mp4[..1000])).Is(204);
            await CheckCommand.FindsAsync(On(lost), CheckCommand.Right);

            // The rows first: what comes meanwhile is then a byte too many, and none too few.
            await DatabaseDump.WriteAsync(lost, Dump);
            copied = await CopyAsync();
            await silo.KillAsync();
        }

        await LoseAsync(lost);
        var restored = await RestoreAsync();
        await PutAsync(copied);
        Assert.Equal(0, (await MigrateAsync(restored)).ExitCode);
        await CheckCommand.FindsAsync(On(restored).With("--deep"), CheckCommand.Right);

        await using var after = await StartAsync(restored);
        foreach (var user in _users)
        {
            using var api = after.As(user);
            Assert.Equal(IdsOf(user), (await api.ListAsync()).Order(StringComparer.Ordinal));
        }

        foreach (var (id, (user, bytes)) in _videos)
        {
            using var api = after.As(user);
            Assert.Equal(bytes, (await api.GetAsync($"/api/videos/{id}/source")).Is(200).Body);
        }

        using var owner = after.As(_users[0]);
        var client = new TusClient(owner);
        Assert.Equal(1000, await client.OffsetAsync(upload));
        (await client.PatchAsync(upload, 1000, Samples.Mp4[1000..])).Is(204);
        Assert.Equal(Samples.Mp4, (await owner.GetAsync($"/api/videos/{TusClient.IdOf(upload)}/source")).Is(200).Body);
        await owner.UntilAsync(TusClient.IdOf(upload), "ready");
        await UploadAsync(after, 0);
        await CheckCommand.FindsAsync(On(restored), CheckCommand.Right);
    }

    [ContractFact]
    public async Task CheckNamesWhatIsMissing_WhenDatabaseAndBucketAreOfDifferentMoments()
    {
        var newer = await _postgres!.CreateClusterDatabaseAsync();
        string late;
        Dictionary<string, byte[]> older;
        await using (var silo = await StartAsync(newer))
        {
            await UploadAsync(silo, 0);
            await DatabaseDump.WriteAsync(newer, Dump);
            older = await CopyAsync();
            late = await UploadAsync(silo, 1);
            await silo.KillAsync();
        }

        // The database is older than the bucket: bytes that no row knows, and they stay.
        var before = await CopyAsync();
        var bytes = before.Keys.Where(key => key.StartsWith(late, StringComparison.Ordinal)).Select(_ => $"left_over object_unknown {late}").ToArray();
        Assert.NotEmpty(bytes);
        await CheckCommand.FindsAsync(On(await RestoreAsync()).With("--repair"), CheckCommand.LeftOver, bytes);
        Assert.Equal(before.Keys.Order(StringComparer.Ordinal), (await CopyAsync()).Keys.Order(StringComparer.Ordinal));

        // The bucket is older than the database: a row whose bytes are lost.
        await EmptyAsync();
        await PutAsync(older);
        var run = await CheckCommand.RunAsync(On(newer), "--repair");
        Assert.True(run.ExitCode == CheckCommand.Wrong, run.Output);
        Assert.Contains($"video_bytes_missing  {late}", run.Output, StringComparison.Ordinal);
        Assert.Contains("the store has no source", run.Output, StringComparison.Ordinal);
    }

    /// <summary>The same repairs as on files, in rows that a silo has in memory.</summary>
    [ContractFact]
    public async Task RepairedRows_AreServed_WhileTheSiloRuns()
    {
        var database = await _postgres!.CreateClusterDatabaseAsync();
        await using var silo = await StartAsync(database);
        for (var i = 0; i < 4; i++)
            await UploadAsync(silo, i);
        var (id, user) = (_videos.First().Key, _videos.First().Value.User);
        await PostgresServer.ExecuteAsync(database, $"delete from OrleansStorage where GrainIdExtensionString = 'library/{user}'");
        string[] unlisted = [.. IdsOf(user).Select(other => $"video_unlisted {other}")];

        await CheckCommand.FindsAsync(On(database), CheckCommand.Wrong, [.. unlisted.Select(finding => $"wrong {finding}")]);
        await CheckCommand.FindsAsync(On(database).With("--repair"), CheckCommand.Right, [.. unlisted.Select(finding => $"repaired {finding}")]);
        await CheckCommand.FindsAsync(On(database), CheckCommand.Right);

        using var api = silo.As(user);
        // A silo that has such a row in memory finds out with its next write, and refuses that one.
        await Eventually.TrueAsync(async () => (await api.PostAsync(FormBody.Of(Samples.Mp4, "clip.mp4"))).Status == 201, "the user can upload");
        Assert.Contains(id, await api.ListAsync());
        await Eventually.TrueAsync(async () => (await api.DeleteAsync($"/api/videos/{id}")).Status == 204, "the user can delete");
        await Eventually.TrueAsync(async () => (await CheckCommand.RunAsync(On(database))).ExitCode == CheckCommand.Right, "all is right");
    }

    [ContractFact]
    public async Task SchemaThatIsMissingOrWithoutItsKey_IsAFinding()
    {
        var empty = await _postgres!.CreateDatabaseAsync();
        await CheckCommand.FindsAsync(On(empty), CheckCommand.Wrong, "wrong schema");

        var database = await _postgres.CreateClusterDatabaseAsync();
        await PostgresServer.ExecuteAsync(database, """
            alter table OrleansStorage drop constraint orleansstorage_pkey;
            insert into OrleansStorage (GrainIdExtensionString, GrainTypeString, ServiceId, GrainIdN0, GrainIdN1, Version)
            select 'library/ann', 'library-head', 'ingestion', 0, 0, 1 from generate_series(1, 2)
            """);
        await CheckCommand.FindsAsync(On(database), CheckCommand.Wrong, "wrong schema", "wrong state_twice");
    }

    private IEnumerable<string> IdsOf(string user) => _videos.Where(video => video.Value.User == user).Select(video => video.Key).Order(StringComparer.Ordinal);

    private async Task<string> UploadAsync(SiloProcess silo, int number)
    {
        var user = _users[number % _users.Length];
        using var api = silo.As(user);
        var bytes = Samples.Padded(Samples.Mp4.Length + number);
        var id = await api.UploadToReadyAsync(bytes);
        _videos[id] = (user, bytes);
        return id;
    }

    private Task<SiloProcess> StartAsync(string database) =>
        SiloProcess.StartAsync(_folder.In("data"), [.. Settings(database), ("Cluster__SiloPort", $"{Ports.Next()}")]);

    private ChecksOn On(string database) => new(_folder.In("data"), Settings(database));

    private (string Name, string Value)[] Settings(string database) =>
        [
            .. _backends!.Settings, ("Cluster__Kind", "postgres"), ("Cluster__ConnectionString", database), ("Cluster__AdvertisedAddress", "127.0.0.1"),
        ];

    private static Task<Finished> MigrateAsync(string database)
    {
        var start = Executable.Silo(["migrate"]);
        start.Environment["Ingestion__Cluster__ConnectionString"] = database;
        return Executable.RunAsync(start);
    }

    private async Task LoseAsync(string database)
    {
        NpgsqlConnection.ClearAllPools();
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        await PostgresServer.ExecuteAsync(
            new NpgsqlConnectionStringBuilder(database) { Database = PostgresServer.Postgres }.ConnectionString, $"drop database {name} with (force)");
        await EmptyAsync();
    }

    private async Task<string> RestoreAsync()
    {
        var database = await _postgres!.CreateDatabaseAsync();
        await DatabaseDump.RestoreAsync(Dump, database);
        return database;
    }

    private async Task<Dictionary<string, byte[]>> CopyAsync()
    {
        var copied = new Dictionary<string, byte[]>();
        foreach (var item in (await _store!.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _backends!.Bucket })).S3Objects ?? [])
        {
            using var answer = await _store.GetObjectAsync(_backends.Bucket, item.Key);
            Assert.Equal(HttpStatusCode.OK, answer.HttpStatusCode);
            using var bytes = new MemoryStream();
            await answer.ResponseStream.CopyToAsync(bytes);
            copied[item.Key] = bytes.ToArray();
        }

        return copied;
    }

    private async Task PutAsync(Dictionary<string, byte[]> objects)
    {
        foreach (var (key, bytes) in objects)
            await _store!.PutObjectAsync(new PutObjectRequest { BucketName = _backends!.Bucket, Key = key, InputStream = new MemoryStream(bytes) });
    }

    private async Task EmptyAsync()
    {
        foreach (var item in (await _store!.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _backends!.Bucket })).S3Objects ?? [])
            await _store.DeleteObjectAsync(_backends.Bucket, item.Key);
    }
}
