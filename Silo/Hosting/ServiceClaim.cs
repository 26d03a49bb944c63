using Npgsql;

namespace Ingestion.Silo.Hosting;

/// <summary>
/// Which cluster has the state of a service. Silos of two ClusterIds don't know of each other, so both would have each grain, and refuse each other's
/// writes. Whichever starts first has the service for as long as one of its silos is alive.
/// </summary>
internal static class ServiceClaim
{
    /// <summary>
    /// A silo counts as alive for so long after its last sign of life, and a cluster after the last start of one: the silo is not in the membership
    /// table yet. No silo can give such signs while the database is away, so the database must have run for as long too.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    // Status 6 is Dead, as a silo writes that stops in order.
    private const string Claim = """
        insert into IngestionService as s (ServiceId, ClusterId) values (@service, @cluster)
        on conflict (ServiceId) do update set ClusterId = excluded.ClusterId, StartedAt = now()
        where s.ClusterId = excluded.ClusterId or (s.StartedAt < now() - @grace and not exists (
            select from OrleansMembershipTable m where m.DeploymentId = s.ClusterId and m.Status <> 6
                and (m.IAmAliveTime > now() - @grace or pg_postmaster_start_time() > now() - @grace)))
        returning 1
        """;

    // The first silo of a release that knows the table of services. Clusters of those before don't stand in it.
    private const string Former = """
        select 1 where not exists (select from IngestionService where @service = ServiceId or @cluster = ClusterId) and exists (
            select from OrleansMembershipTable where DeploymentId = @cluster and Status <> 6 and IAmAliveTime > now() - @grace)
        """;

    private const string Owner = "select ClusterId from IngestionService where ServiceId = @service";

    /// <exception cref="StartException">Another cluster has it, or silos of 0.3.0 do, which find grains by another directory than this one.</exception>
    public static async Task TakeAsync(NpgsqlConnection connection, ClusterSettings settings, string database, CancellationToken cancellationToken)
    {
        if (await ScalarAsync(connection, Former, settings, cancellationToken) is not null)
        {
            throw StartException.OfEnvironment(
                $"in the database {database} silos of a release before 0.4.0 are alive, or were within {Grace.TotalSeconds:0} s: they and this one can't share "
                + "grains; stop all of them first",
                page: StartException.UpgradePage);
        }

        if (await ScalarAsync(connection, Claim, settings, cancellationToken) is not null)
            return;
        var other = await ScalarAsync(connection, Owner, settings, cancellationToken);
        throw StartException.OfEnvironment(
            $"in the database {database} silos of Ingestion:Cluster:ClusterId={other} are alive, or were within {Grace.TotalSeconds:0} s, with "
            + $"Ingestion:Cluster:ServiceId={settings.ServiceId}, and this one is of ClusterId={settings.ClusterId}: two clusters can't share state; "
            + "give it that ClusterId, or a ServiceId of its own",
            page: StartException.DatabasePage);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, ClusterSettings settings, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("service", settings.ServiceId);
        command.Parameters.AddWithValue("cluster", settings.ClusterId);
        command.Parameters.AddWithValue("grace", Grace);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
