using System.Net.Sockets;
using System.Runtime.InteropServices;
using Npgsql;

namespace Ingestion.Silo.Hosting;

/// <summary>
/// The cluster's database, looked at before Orleans starts. A missing database is waited for, without end: whatever starts silos starts
/// databases too, in any order. A wrong password and a wrong schema are the operator's to correct.
/// </summary>
internal static class DatabaseCheck
{
    public const string Setting = "Ingestion:Cluster:ConnectionString";
    private const string Page = StartException.DatabasePage;

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    /// <exception cref="StartException">It can't be used as it is.</exception>
    /// <exception cref="OperationCanceledException">Ctrl-C or SIGTERM while it was waited for.</exception>
    public static async Task RunAsync(string connectionString, TimeProvider time)
    {
        var builder = Parse(connectionString);
        using var stop = new CancellationTokenSource();
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        while (await TryAsync(builder, stop.Token) is { } reason)
        {
            await Console.Error.WriteLineAsync($"ingestion: waiting for the database {Name(builder)} ({Setting}): {reason}");
            await Task.Delay(_pause, time, stop.Token);
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            // A pool would keep this one connection for nothing.
            return new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        }
        catch (ArgumentException e)
        {
            // Its message may name a word of the string, and never a value.
            throw StartException.OfSettings([$"{Setting} is not a connection string of PostgreSQL: {e.Message.TrimEnd('.')}"], e);
        }
    }

    /// <summary>Why it is not there yet; null when it is.</summary>
    private static async Task<string?> TryAsync(NpgsqlConnectionStringBuilder builder, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(builder.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await SchemaCheck.RunAsync(connection, Name(builder), cancellationToken);
            return null;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            throw StartException.OfEnvironment($"the database {Name(builder)} refuses user and password of {Setting}: {e.MessageText}", e, Page);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidCatalogName)
        {
            throw StartException.OfEnvironment($"the server has no database {Name(builder)} ({Setting})", e, Page);
        }
        catch (NpgsqlException e) when (e.IsTransient || e.InnerException is SocketException or TimeoutException or IOException)
        {
            return e is PostgresException answer ? answer.MessageText : (e.InnerException ?? e).Message;
        }
    }

    private static string Name(NpgsqlConnectionStringBuilder builder) => $"{builder.Database} at {builder.Host}:{builder.Port}";
}
