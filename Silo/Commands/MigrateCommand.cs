using System.CommandLine;
using System.Diagnostics;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Schema;
using Ingestion.Silo.Settings;
using Npgsql;

namespace Ingestion.Silo.Commands;

/// <summary>
/// <c>migrate [--dry-run] [--verbose] [--Section:Name value]…</c>: brings the cluster's database to the schema of this build. Prints a line for
/// each script. May run beside silos and beside itself, and does nothing the second time.
/// </summary>
internal static class MigrateCommand
{
    // What starts databases and migrations together gives no order; a wrong address should not wait for ever.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Lists the scripts and changes nothing." };
        var verbose = new Option<bool>("--verbose") { Description = "Prints the stack when it fails." };
        var others = SettingArguments.Create($"--{DatabaseCheck.Setting} \"Host=db;Database=ingestion\"");
        var command = new Command("migrate", "Brings the PostgreSQL of a cluster to the schema of this build.") { dryRun, verbose, others };
        command.SetAction(parsed => StartErrors.GuardAsync("migrate", parsed.GetValue(verbose), () =>
        {
            var arguments = SettingArguments.Read(parsed.GetValue(others) ?? [], [.. command.Options.Select(option => option.Name)]);
            return RunAsync(arguments, parsed.GetValue(dryRun));
        }));
        return command;
    }

    private static async Task<int> RunAsync(IReadOnlyDictionary<string, string?> arguments, bool dryRun)
    {
        await DatabaseCheck.UseAsync(ConnectionString(arguments), TimeProvider.System, _patience, async (connection, name, stop) =>
        {
            if (dryRun)
                await ListAsync(connection, name, stop);
            else
                await ApplyAsync(connection, name, stop);
        });
        return 0;
    }

    /// <summary>Of all settings only this one matters here: the silo's other ones need not be at hand where its database is made.</summary>
    private static string ConnectionString(IReadOnlyDictionary<string, string?> arguments)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(arguments);
        if (UnknownSettings.Find(builder.Configuration).ToList() is { Count: > 0 } mistakes)
            throw StartException.OfSettings(mistakes);
        return builder.Configuration[DatabaseCheck.Setting] is { Length: > 0 } given
            ? given
            : throw StartException.OfSettings([$"{DatabaseCheck.Setting} must be set: it names the database"]);
    }

    private static async Task ListAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        var missing = await new SchemaMigration(connection, database).FindMissingAsync(cancellationToken);
        foreach (var script in SchemaScripts.All)
            Print(script, missing.Contains(script) ? "to apply" : "applied");
        Console.WriteLine(missing.Count == 0
            ? $"The database {database} has version {SchemaScripts.Version} of the schema, which this release needs."
            : $"{missing.Count} of {SchemaScripts.All.Count} scripts would be applied to the database {database}.");
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        var migration = new SchemaMigration(connection, database);
        var missing = await migration.FindMissingAsync(cancellationToken);
        foreach (var script in SchemaScripts.All)
        {
            var begun = Stopwatch.GetTimestamp();
            if (missing.Contains(script) && await migration.ApplyAsync(script, cancellationToken))
                Print(script, $"applied now, {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:F0} ms");
            else
                Print(script, "applied before");
        }

        if (await SchemaCheck.FindAsync(connection, cancellationToken) is { } mistake)
            throw StartException.OfDatabase($"the database {database} {mistake}");
        Console.WriteLine($"The database {database} has version {SchemaScripts.Version} of the schema.");
    }

    private static void Print(SchemaScript script, string what) => Console.WriteLine($"{script.Name}: {what}");
}
