using System.Net.Sockets;
using System.Runtime.InteropServices;
using Ingestion.Silo.Schema;
using Npgsql;

namespace Ingestion.Silo.Hosting;

/// <summary>
/// The cluster's database, looked at before Orleans starts. A missing database is waited for, without end: whatever starts silos starts
/// databases too, in any order. A wrong password, a wrong schema and a wrong clock are the operator's to correct.
/// </summary>
internal static class DatabaseCheck
{
    public const string Setting = "Ingestion:Cluster:ConnectionString";
    private const string Page = StartException.DatabasePage;

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    /// <exception cref="StartException">It can't be used as it is.</exception>
    /// <exception cref="OperationCanceledException">Ctrl-C or SIGTERM while it was waited for.</exception>
    public static Task RunAsync(ClusterSettings cluster, TimeProvider time) => UseAsync(
        cluster.ConnectionString,
        time,
        Timeout.InfiniteTimeSpan,
        async (connection, database, cancellationToken) =>
        {
            await SchemaCheck.RunAsync(connection, database, cancellationToken);
            await ClockCheck.RunAsync(connection, database, time, cancellationToken);
            await ServiceClaim.TakeAsync(connection, cluster, database, cancellationToken);
        });

    /// <summary>Opens the database, which may be away for a while, and uses it; again when it goes away meanwhile.</summary>
    /// <param name="connectionString">The setting.</param>
    /// <param name="time">The clock.</param>
    /// <param name="patience">How long it may be away.</param>
    /// <param name="use">Gets the connection, and the database's name for messages.</param>
    /// <exception cref="StartException">It can't be used as it is.</exception>
    /// <exception cref="OperationCanceledException">Ctrl-C or SIGTERM.</exception>
    public static async Task UseAsync(
        string connectionString, TimeProvider time, TimeSpan patience, Func<NpgsqlConnection, string, CancellationToken, Task> use)
    {
        var builder = Parse(connectionString);
        using var stop = new CancellationTokenSource();
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var begun = time.GetTimestamp();
        while (await TryAsync(builder, use, stop.Token) is { } reason)
        {
            if (patience != Timeout.InfiniteTimeSpan && time.GetElapsedTime(begun) + _pause > patience)
                throw StartException.OfEnvironment($"the database {Name(builder)} ({Setting}) is away: {reason.TrimEnd('.')}", page: Page);
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
    private static async Task<string?> TryAsync(
        NpgsqlConnectionStringBuilder builder, Func<NpgsqlConnection, string, CancellationToken, Task> use, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(builder.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await use(connection, Name(builder), cancellationToken);
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
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            throw StartException.OfDatabase($"the user of {Setting} has not the rights that it needs in the database {Name(builder)}: {e.MessageText}");
        }
        catch (NpgsqlException e) when (e.IsTransient || e.InnerException is SocketException or TimeoutException or IOException)
        {
            return e is PostgresException answer ? answer.MessageText : (e.InnerException ?? e).Message;
        }
    }

    private static string Name(NpgsqlConnectionStringBuilder builder) => $"{builder.Database} at {builder.Host}:{builder.Port}";
}
