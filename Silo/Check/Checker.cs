using Ingestion.Backends.GrainStorage.Inventory;
using Ingestion.Backends.ObjectStore.Inventory;
using Ingestion.Backends.ObjectStore.S3;
using Ingestion.Grains.Check;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Schema;
using Npgsql;

namespace Ingestion.Silo.Check;

/// <summary>How a check is to be run.</summary>
internal sealed record CheckWishes(bool Repair, bool Json, bool Deep, TimeSpan OlderThan);

/// <summary>Opens what the settings name, as a silo would, and checks it.</summary>
internal sealed class Checker(SiloSettings settings, IConfiguration configuration, CheckWishes wishes)
{
    // What starts databases and checks together gives no order.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private const string Twice = """
        select GrainIdExtensionString, GrainTypeString, count(*) from OrleansStorage where ServiceId = @service
        group by 1, 2, GrainIdN0, GrainIdN1 having count(*) > 1 limit 1000
        """;

    private readonly TimeProvider _time = TimeProvider.System;

    /// <summary>The exit code.</summary>
    /// <exception cref="StartException">It can't be checked.</exception>
    public async Task<int> RunAsync()
    {
        using var report = new CheckReport(wishes.Json);
        if (settings.Cluster.IsPostgres)
            await RunOnDatabaseAsync(report);
        else
            await RunOnFilesAsync(report);
        return CheckExit.Of(report);
    }

    private async Task RunOnDatabaseAsync(CheckReport report)
    {
        var (name, mistakes) = ("", new List<Finding>());
        await DatabaseCheck.UseAsync(settings.Cluster.ConnectionString, _time, _patience, async (connection, database, stop) =>
        {
            (name, mistakes) = ($"the database {database}", []);
            if (await SchemaCheck.FindAsync(connection, stop) is not { } mistake)
                return;
            mistakes.Add(new Finding(FindingCode.Schema, "", $"the database {database} {mistake}"));
            mistakes.AddRange(await FindTwiceAsync(connection, stop));
        });
        if (mistakes.Count > 0)
        {
            mistakes.ForEach(report.Add);
            report.End(name);
            return;
        }

        await using var states = new PostgresStates(settings.Cluster.ConnectionString, settings.Cluster.ServiceId);
        await RunAsync(report, states, $"service {settings.Cluster.ServiceId} in {name}");
    }

    private async Task RunOnFilesAsync(CheckReport report)
    {
        var folder = settings.DataPath("");
        if (!Directory.Exists(folder))
            throw StartException.OfEnvironment($"there is no data folder '{folder}': choose another one with --data (Ingestion:Data)");
        // One process writes a data folder.
        using var claim = wishes.Repair ? DataFolder.Claim(settings.Data) : null;
        await using var states = new FileStates(settings.DataPath("state"));
        await RunAsync(report, states, $"the data folder {folder}");
    }

    private async Task RunAsync(CheckReport report, IStateInventory states, string name)
    {
        var (objects, store) = OpenStore();
        using (objects)
        {
            var scope = new CheckScope(states, objects, wishes.OlderThan, wishes.Deep, _time);
            await new CheckRun(scope, report, wishes.Repair ? new StateRepairs(states.Storage, _time) : null).RunAsync(CancellationToken.None);
        }

        report.End($"{name}, {store}");
    }

    private (IObjectInventory Objects, string Name) OpenStore()
    {
        if (settings.Store != "s3")
            return (new FileObjects(settings.DataPath("")), "files");
        var s3 = configuration.GetSection("Ingestion:S3").Get<S3ObjectStoreOptions>()!;
        return (new S3Objects(s3, _time), $"bucket {s3.Bucket}");
    }

    /// <summary>Only without its key can a table hold a state twice.</summary>
    private async Task<IReadOnlyList<Finding>> FindTwiceAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var twice = new List<Finding>();
        try
        {
            await using var command = new NpgsqlCommand(Twice, connection) { CommandTimeout = 0 };
            command.Parameters.AddWithValue("service", settings.Cluster.ServiceId);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                twice.Add(new Finding(FindingCode.StateTwice, "", $"the state {reader.GetString(1)} of {reader.GetString(0)} has {reader.GetInt64(2)} rows"));
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            // Tables of another script, or none.
        }

        return twice;
    }
}
