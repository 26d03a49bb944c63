using Ingestion.Silo.Hosting;
using Npgsql;

namespace Ingestion.Silo.Database;

/// <summary>Asks the cluster's database regularly whether it is there, on a connection of its own, and logs when that changes.</summary>
internal sealed partial class DatabaseProbe(SiloSettings settings, TimeProvider time, ILogger<DatabaseProbe> logger) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private volatile Seen? _seen;

    /// <summary>What was seen last, and how long ago; null before the first look.</summary>
    public (bool Answers, TimeSpan Silence, TimeSpan Age)? Read() =>
        _seen is { } seen ? (seen.Answers, time.GetElapsedTime(seen.Since, seen.At), time.GetElapsedTime(seen.At)) : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var connection = new NpgsqlConnectionStringBuilder(settings.Cluster.ConnectionString) { MinPoolSize = 0, MaxPoolSize = 1 };
        await using var database = NpgsqlDataSource.Create(connection);
        while (!stoppingToken.IsCancellationRequested)
        {
            Note(await TryAsync(database, stoppingToken));
            await Task.Delay(_period, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Exception?> TryAsync(NpgsqlDataSource database, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, patience.Token);
        try
        {
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(either.Token);
            return null;
        }
#pragma warning disable CA1031 // Networks and servers fail in many ways; the probe goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return stopping.IsCancellationRequested ? null : e;
        }
    }

    private void Note(Exception? failure)
    {
        var (before, now) = (_seen, time.GetTimestamp());
        var changes = before is null ? failure is not null : before.Answers != (failure is null);
        var (reason, lasted) = (failure?.GetBaseException().Message, time.GetElapsedTime(before?.Since ?? now, now));
        if (changes && reason is not null)
            LogAway(reason);
        else if (changes)
            LogBack(lasted);
        _seen = new Seen(failure is null, before?.Answers == (failure is null) ? before.Since : now, now);
    }

    [LoggerMessage(EventName = "DatabaseAway", Level = LogLevel.Error,
        Message = "The database does not answer: {Reason}. Requests that need it get 503, and the silo goes on")]
    private partial void LogAway(string reason);

    [LoggerMessage(EventName = "DatabaseBack", Level = LogLevel.Information, Message = "The database answers again, after {Duration}")]
    private partial void LogBack(TimeSpan duration);

    /// <param name="Answers">Whether it answered.</param>
    /// <param name="Since">Timestamp since when that is so.</param>
    /// <param name="At">Timestamp of the last look.</param>
    private sealed record Seen(bool Answers, long Since, long At);
}
