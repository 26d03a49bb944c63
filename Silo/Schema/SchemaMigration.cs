using Ingestion.Silo.Hosting;
using Npgsql;

namespace Ingestion.Silo.Schema;

/// <summary>
/// Applies scripts to a database, each in a transaction of its own and once. Several of these at once take turns; silos may run meanwhile.
/// </summary>
internal sealed class SchemaMigration(NpgsqlConnection connection, string database)
{
    // A table that a long transaction holds (a dump, a forgotten session) would keep every silo waiting behind this one. It is retried instead.
    private const string OnlyAWhile = "set local lock_timeout = '5s'; set local client_min_messages = warning";

    // The same as in 0.3, whose file took it itself.
    private const string OneAtATime = "select pg_advisory_xact_lock(hashtext('ingestion schema'))";

    /// <summary>The scripts that the database lacks, in order.</summary>
    /// <exception cref="StartException">The database is of a newer release.</exception>
    public async Task<IReadOnlyList<SchemaScript>> FindMissingAsync(CancellationToken cancellationToken)
    {
        var applied = await AppliedScripts.ReadAsync(connection, cancellationToken);
        if (applied.Any(script => script.OldestBuild > SchemaScripts.Version))
            throw StartException.OfDatabase(
                $"the database {database} has version {applied[^1].Version} of the schema, which this release ({SchemaScripts.Version}) cannot use: "
                + "use the release that made it");
        return [.. SchemaScripts.All.Where(script => !applied.Any(other => other.Version == script.Version))];
    }

    /// <summary>Applies one script, whose predecessors the database has.</summary>
    /// <returns>False when another migration was first.</returns>
    /// <exception cref="StartException">The script refuses the database.</exception>
    public async Task<bool> ApplyAsync(SchemaScript script, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(OneAtATime, cancellationToken);
        if (await HasAsync(script, cancellationToken))
            return false;
        try
        {
            await ExecuteAsync($"{OnlyAWhile}; {script.Text}", cancellationToken);
        }
        catch (PostgresException e) when (!e.IsTransient)
        {
            // The text of a script holds no data.
            throw StartException.OfDatabase($"{script.Name} failed in the database {database}, which stays as it was: {e.SqlState} {e.MessageText.TrimEnd('.')}");
        }

        if (!await HasAsync(script, cancellationToken))
            throw new InvalidOperationException($"{script.Name} does not record its version.");
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<bool> HasAsync(SchemaScript script, CancellationToken cancellationToken) =>
        (await AppliedScripts.ReadAsync(connection, cancellationToken)).Any(other => other.Version == script.Version);

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
