using System.Collections.Concurrent;
using System.Diagnostics;
using Ingestion.Tests.Support.Programs;
using Npgsql;

namespace Ingestion.Tests.Support.Servers;

/// <summary>
/// Debian's PostgreSQL with a data folder of its own, on a unix socket in that folder and on no port. It ends with this object, and with the
/// process of the tests however that ends.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The server program; it is not on PATH where Debian installs it.</summary>
    public const string Postgres = "postgres";

    public const string InitDb = "initdb";

    // Ends the server when its own input does: nothing else would once the tests have been killed. It gives up its standard error, so that that
    // of the server ends with the server.
    private const string UntilInputEnds = "\"$@\" >/dev/null & server=$!; exec 2>/dev/null; read line; kill -QUIT $server; wait $server";

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder;
    private readonly ConcurrentQueue<string> _log = new();
    private Process _process;
    private bool _runs = true;

    private PostgresServer(TempFolder folder, Process process) => (_folder, _process) = (folder, process);

    /// <summary>A server that accepts connections. Null where the programs are missing: xunit makes fixtures even of tests that are skipped.</summary>
    public static async Task<PostgresServer?> TryStartAsync()
    {
        if (ProgramPath.Missing(Postgres, InitDb) is not null)
            return null;
        var folder = new TempFolder();
        var data = folder.In("data");
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", [Unprivileged, folder.Path]);
        await RunAsync("sh", ["-c", "exec \"$@\" >/dev/null", "sh", .. AsServer(InitDb), "-D", data, "-A", "trust", "-U", Postgres, "-E", "UTF8", "--locale=C",
            "--no-sync"]);
        var server = new PostgresServer(folder, StartIn(folder));
        await server.ReadyAsync();
        return server;
    }

    /// <summary>Ends the server as a crash would: connections break, and nothing answers at its socket.</summary>
    public async Task StopAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(_patience);
        await _process.WaitForExitAsync(patience.Token);
        _process.Dispose();
        _runs = false;
    }

    /// <summary>Starts it on the data it had before.</summary>
    public async Task StartAgainAsync()
    {
        _process = StartIn(_folder);
        _runs = true;
        await ReadyAsync();
    }

    /// <summary>A new database, empty.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Guid.NewGuid():N}";
        await ExecuteAsync(ConnectionTo(Postgres), $"create database {name}");
        return ConnectionTo(name);
    }

    /// <summary>A new database with the tables of <c>deploy/sql</c>.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateClusterDatabaseAsync()
    {
        var database = await CreateDatabaseAsync();
        await ExecuteAsync(database, Schema);
        return database;
    }

    /// <summary>The texts of <c>deploy/sql/postgresql</c> in order.</summary>
    public static IReadOnlyList<string> Scripts { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "sql"), "0*.sql").Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    /// <summary>All of them.</summary>
    public static string Schema => string.Concat(Scripts);

    public static async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        // A test that fails while it is stopped must say why.
        if (_runs)
            await StopAsync();
        _folder.Dispose();
    }

    private static Process StartIn(TempFolder folder) =>
        Start("sh", ["-c", UntilInputEnds, "sh", .. AsServer(Postgres), "-D", folder.In("data"), "-k", folder.Path, "-c", "listen_addresses=", "-c",
            "fsync=off"]);

    private static string Unprivileged => "nobody:nogroup";

    /// <summary>The server refuses to run as root.</summary>
    private static string[] AsServer(string program) => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", ProgramPath.Find(program)!]
        : [ProgramPath.Find(program)!];

    private string ConnectionTo(string database) =>
        new NpgsqlConnectionStringBuilder { Host = _folder.Path, Username = Postgres, Database = database, MaxPoolSize = 20 }.ConnectionString;

    private async Task ReadyAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.ErrorDataReceived += (_, line) =>
        {
            _log.Enqueue(line.Data ?? "");
            if (line.Data is null)
                ready.TrySetException(new InvalidOperationException($"PostgreSQL ended: {string.Join('\n', _log)}"));
            else if (line.Data.Contains("ready to accept connections", StringComparison.Ordinal))
                ready.TrySetResult();
        };
        _process.BeginErrorReadLine();
        if (await Task.WhenAny(ready.Task, Task.Delay(_patience)) != ready.Task)
            throw new TimeoutException($"PostgreSQL did not start: {string.Join('\n', _log)}");
        await ready.Task;
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        using var process = Start(program, arguments);
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed: {errors}");
    }

    private static Process Start(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
}
