using System.Globalization;
using Npgsql;

namespace Ingestion.Silo.Hosting;

/// <summary>
/// Whether the clock of this machine agrees with the database's. A silo that is ahead looks dead to the others, and they to it; it could not start
/// again at its address until the others' clocks have passed its entry.
/// </summary>
internal static class ClockCheck
{
    /// <summary>How far apart the two may be.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(5);

    /// <exception cref="StartException">They are too far apart.</exception>
    public static async Task RunAsync(NpgsqlConnection connection, string database, TimeProvider time, CancellationToken cancellationToken)
    {
        // The clock, where now() would be the start of the transaction.
        await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
        var (asked, started) = (time.GetUtcNow(), time.GetTimestamp());
        var theirs = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);
        if (Mistake(asked, time.GetElapsedTime(started), theirs, database) is { } mistake)
            throw StartException.OfEnvironment(mistake, page: StartException.DatabasePage);
    }

    /// <summary>Why the silo must not start; null when it may.</summary>
    /// <param name="asked">This machine's time when the question was sent.</param>
    /// <param name="took">Until the answer came. The database looked at its clock somewhere in between.</param>
    /// <param name="theirs">The database's answer.</param>
    /// <param name="database">Its name for the operator.</param>
    public static string? Mistake(DateTimeOffset asked, TimeSpan took, DateTimeOffset theirs, string database)
    {
        var ours = asked + (took / 2);
        var apart = (ours - theirs).Duration();
        if (apart <= Most + (took / 2))
            return null;
        return string.Create(CultureInfo.InvariantCulture, $"the clock of this machine ({ours:u}) and that of the database {database} ({theirs:u}) are "
            + $"{apart.TotalSeconds:0.#} s apart, and silos whose clocks differ by more "
            + $"than {Most.TotalSeconds:0} s take each other for dead: set the clocks by NTP");
    }
}
