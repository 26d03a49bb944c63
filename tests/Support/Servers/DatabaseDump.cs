using System.Diagnostics;
using Ingestion.Tests.Support.Programs;
using Npgsql;

namespace Ingestion.Tests.Support.Servers;

/// <summary>Backup and restore of a database by PostgreSQL's own programs.</summary>
public static class DatabaseDump
{
    public const string Dump = "pg_dump";
    public const string Restore = "pg_restore";

    /// <summary>Writes a database into a file, without its silos: one that starts after the restore would wait for them.</summary>
    public static Task WriteAsync(string database, string file) =>
        RunAsync(Dump, database, "--format=custom", "--exclude-table-data=orleansmembership*", "--file", file);

    /// <summary>Fills an empty database.</summary>
    public static Task RestoreAsync(string file, string database) => RunAsync(Restore, database, "--exit-on-error", "--single-transaction", file);

    private static async Task RunAsync(string program, string database, params string[] arguments)
    {
        var name = new NpgsqlConnectionStringBuilder(database);
        using var process = Process.Start(new ProcessStartInfo(
            ProgramPath.Find(program)!, ["--host", name.Host!, "--username", name.Username!, "--dbname", name.Database!, .. arguments])
        {
            RedirectStandardError = true,
        })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed: {errors}");
    }
}
