using Npgsql;

namespace Ingestion.Silo.Hosting;

/// <summary>
/// The connections of one silo to the cluster's database. Membership has a few of its own: behind a burst of states its signs of life would be late,
/// and the silo declared dead. The framework's pool of 100 would take a whole PostgreSQL, as it comes, for one silo.
/// </summary>
internal static class DatabasePools
{
    private const int MostForStates = 25;
    private const int MostForMembership = 3;
    private const string DefaultName = "ingestion";
    private const string Membership = "membership";
    private const string States = "states";

    // Reading, writing and removing a state are all there is.
    private const int PreparedStatements = 8;

    /// <summary>The pools as metrics call them.</summary>
    public static IReadOnlyList<string> Names { get; } = [States, Membership];

    /// <summary>
    /// The connection string for grain states: as given, with at most 25 connections unless it says how many. A connection is not reset when it goes back
    /// to the pool, unless the string wants that: states leave nothing behind in it, and each reset would be one more statement, after which the server
    /// plans anew. Its few statements are prepared, unless the string says how many.
    /// </summary>
    public static string OfStates(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (!builder.ShouldSerialize("Maximum Pool Size"))
            builder.MaxPoolSize = Math.Max(MostForStates, builder.MinPoolSize);
        if (!builder.ShouldSerialize("No Reset On Close"))
            builder.NoResetOnClose = true;
        if (!builder.ShouldSerialize("Max Auto Prepare"))
            builder.MaxAutoPrepare = PreparedStatements;
        builder.ApplicationName = ApplicationOf(builder);
        return builder.ConnectionString;
    }

    /// <summary>The connection string for membership. Its other name makes another pool, and shows in <c>pg_stat_activity</c>.</summary>
    public static string OfMembership(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) 
        {
            MinPoolSize = 0,
            MaxPoolSize = MostForMembership,
            NoResetOnClose = true,
        };
        builder.ApplicationName = $"{ApplicationOf(builder)} {Membership}";
        return builder.ConnectionString;
    }

    /// <summary>Which pool has this connection string; null: none of both. Npgsql names its pools by them, without their passwords.</summary>
    public static string? NameOf(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (builder.MaxPoolSize == MostForMembership && builder.ApplicationName?.EndsWith($" {Membership}", StringComparison.Ordinal) is true)
            return Membership;
        return builder.ConnectionString == OfStates(connectionString) ? States : null;
    }

    private static string ApplicationOf(NpgsqlConnectionStringBuilder builder) => builder.ApplicationName is { Length: > 0 } given ? given : DefaultName;
}
