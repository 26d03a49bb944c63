using System.Collections.Immutable;
using Ingestion.Grains.Storage;
using Ingestion.Uploads;

namespace Ingestion.Grains.Uploads;

/// <summary>What a user's uploads may take: pure. Each change may be repeated, with the effect of one.</summary>
internal static class QuotaRules
{
    /// <summary>
    /// Commits and returns that are remembered: more than one user ever has under way at the same time, so that each one repeated after a crash is
    /// recognised.
    /// </summary>
    public const int Remembered = 512;

    // Of the room that is left, what one upload may hold beyond its bytes: small enough for several, large enough that a quota is filled in some fifty steps.
    private const long ShareAhead = 8;

    // Each step is a call, and of most uploads a write.
    private const long LeastAhead = 64 * 1024;

    // The end of an id is random: these digits distinguish a user's uploads and keep the record small.
    private const int RememberedDigits = 16;

    // Some upload of the user will have ended by then, or the next answer is the same.
    private static readonly TimeSpan _retryAfterUploads = TimeSpan.FromSeconds(5);

    private static readonly QuotaResult _ok = new(QuotaOutcome.Ok, RetryAfter: null);

    /// <summary>Reserves, raises or renews. Only a new upload needs a slot, only more bytes need room.</summary>
    public static StateChange<QuotaState, QuotaResult> Reserve(
        QuotaState state, string id, QuotaReservation wanted, bool durable, QuotaLimits limits, DateTimeOffset now)
    {
        var current = Current(state, now);
        var held = Find(current, id);
        var bytes = Math.Max(wanted.Bytes, held?.Bytes ?? 0);
        if (Refuse(current, id, held, bytes, limits, now) is { } refused)
            return Unchanged(state, refused);

        durable |= current.Reservations.ContainsKey(id);
        var reservation = new QuotaReservation(bytes, Later(wanted.Until, held?.Until));
        if (reservation == held && (!durable || current.Reservations.ContainsKey(id)))
            return Unchanged(state, _ok);
        var next = Without(current, id);
        next = durable
            ? next with { Reservations = next.Reservations.SetItem(id, reservation) }
            : next with { Fleeting = next.Fleeting.SetItem(id, reservation) };
        return new(next, _ok, durable);
    }

    /// <summary>
    /// Reserves ahead for an upload of unknown length: <paramref name="wanted"/> where there is plenty of room, a share of the room where there is not, and
    /// <paramref name="least"/> in any case. So uploads side by side do not keep each other from the last bytes of a quota by what they may never need.
    /// </summary>
    public static StateChange<QuotaState, QuotaResult> ReserveAhead(
        QuotaState state, string id, long least, QuotaReservation wanted, bool durable, QuotaLimits limits, DateTimeOffset now)
    {
        var current = Current(state, now);
        var others = Reserved(current, but: id);
        var room = Math.Min(Room(limits.TotalBytes, Sum(current.TotalBytes, others)), Room(limits.DailyBytes, Sum(current.DayBytes, others)));
        var ahead = Math.Min(Math.Max((room - least) / ShareAhead, LeastAhead), room - least);
        var bytes = Math.Max(least, Math.Min(wanted.Bytes, least + Math.Max(0, ahead)));
        var change = Reserve(state, id, wanted with { Bytes = bytes }, durable, limits, now);
        return change with { Result = change.Result with { Bytes = bytes } };
    }

    /// <summary>
    /// The upload has become a video: its reservation becomes taken bytes. An unknown upload counts too, as a restart forgets what was not stored.
    /// A video that was returned before this call keeps no bytes.
    /// </summary>
    public static StateChange<QuotaState, bool> CommitReservation(QuotaState state, string id, long bytes, DateTimeOffset now)
    {
        if (state.Committed.Contains(Short(id)))
            return Drop(state, id, now);
        var current = Without(Current(state, now), id);
        var kept = state.Returned.Contains(Short(id)) ? 0 : bytes;
        var next = current with
        {
            TotalBytes = Sum(current.TotalBytes, kept), DayBytes = Sum(current.DayBytes, bytes), Committed = Remember(current.Committed, id),
        };
        return new(next, true, Durable: true);
    }

    /// <summary>The upload holds nothing any more.</summary>
    public static StateChange<QuotaState, bool> Release(QuotaState state, string id, DateTimeOffset now) => Drop(state, id, now);

    /// <summary>A video was removed. While its reservation is not committed yet, there are no bytes to give back.</summary>
    public static StateChange<QuotaState, bool> Return(QuotaState state, string id, long bytes, DateTimeOffset now)
    {
        if (state.Returned.Contains(Short(id)))
            return Unchanged(state, false);
        var current = Current(state, now);
        var uncommitted = Find(current, id) is not null && !state.Committed.Contains(Short(id));
        var total = uncommitted ? current.TotalBytes : Math.Max(0, current.TotalBytes - bytes);
        return new(current with { TotalBytes = total, Returned = Remember(current.Returned, id) }, true, Durable: true);
    }

    /// <summary>
    /// A write has failed and the state was read again: what is not stored has not changed by that, but for reservations that were made
    /// durable by it after all. Those count once, as they are stored, even if they were to last longer before.
    /// </summary>
    public static QuotaState Reloaded(QuotaState fresh, QuotaState before, DateTimeOffset now)
    {
        var stored = before.Fleeting.Where(held => fresh.Reservations.GetValueOrDefault(held.Key)?.Until > now);
        return fresh with { Fleeting = before.Fleeting.RemoveRange(stored.Select(held => held.Key)) };
    }

    /// <summary>What counts at this moment.</summary>
    public static QuotaUsage Usage(QuotaState state, DateTimeOffset now)
    {
        var current = Current(state, now);
        return new QuotaUsage(current.Reservations.Count + current.Fleeting.Count, Reserved(current), current.TotalBytes, current.DayBytes);
    }

    /// <summary>Uploads that hold something at this moment, newest first.</summary>
    public static string[] List(QuotaState state, string before, int count, DateTimeOffset now)
    {
        var current = Current(state, now);
        var ids = current.Reservations.Keys.Concat(current.Fleeting.Keys);
        // Ids begin with their time, but for the digit that marks a form.
        return [.. ids.Where(id => before.Length == 0 || string.CompareOrdinal(id, before) < 0).OrderDescending(StringComparer.Ordinal).Take(count)];
    }

    /// <summary>The final reasons first: waiting for a slot would be useless when the bytes have no room.</summary>
    private static QuotaResult? Refuse(QuotaState current, string id, QuotaReservation? held, long bytes, QuotaLimits limits, DateTimeOffset now)
    {
        var others = Reserved(current, but: id);
        var raised = held is null || bytes > held.Bytes;
        if (raised && Exceeds(limits.TotalBytes, Sum(current.TotalBytes, others), bytes))
            return new QuotaResult(QuotaOutcome.TotalExceeded, RetryAfter: null);
        if (raised && Exceeds(limits.DailyBytes, Sum(current.DayBytes, others), bytes))
            return new QuotaResult(QuotaOutcome.DayExceeded, UntilMidnight(now));
        var uploads = current.Reservations.Count + current.Fleeting.Count;
        return held is null && limits.ConcurrentUploads > 0 && uploads >= limits.ConcurrentUploads
            ? new QuotaResult(QuotaOutcome.TooManyUploads, _retryAfterUploads)
            : null;
    }

    private static bool Exceeds(long limit, long taken, long bytes) => limit > 0 && bytes > limit - taken;

    private static long Room(long limit, long taken) => limit > 0 ? Math.Max(0, limit - taken) : long.MaxValue;

    private static TimeSpan UntilMidnight(DateTimeOffset now) => TimeSpan.FromDays(1) - now.UtcDateTime.TimeOfDay;

    /// <summary>Without what has lapsed, and with today's count. Never back to an earlier day: clocks of silos differ.</summary>
    private static QuotaState Current(QuotaState state, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (today > state.Day)
            state = state with { Day = today, DayBytes = 0 };
        return state with { Reservations = Live(state.Reservations, now), Fleeting = Live(state.Fleeting, now) };
    }

    private static ImmutableDictionary<string, QuotaReservation> Live(ImmutableDictionary<string, QuotaReservation> reservations, DateTimeOffset now) =>
        reservations.RemoveRange(reservations.Where(held => held.Value.Until <= now).Select(held => held.Key));

    private static long Reserved(QuotaState current, string? but = null) => current.Reservations.Concat(current.Fleeting)
        .Where(held => held.Key != but)
        .Aggregate(0L, (sum, held) => Sum(sum, held.Value.Bytes));

    /// <summary>Where nothing is limited, clients declare what they like: what no number holds is the largest one.</summary>
    private static long Sum(long one, long other) => other > long.MaxValue - one ? long.MaxValue : one + other;

    private static QuotaReservation? Find(QuotaState current, string id) =>
        current.Reservations.GetValueOrDefault(id) ?? current.Fleeting.GetValueOrDefault(id);

    private static QuotaState Without(QuotaState current, string id) =>
        current with { Reservations = current.Reservations.Remove(id), Fleeting = current.Fleeting.Remove(id) };

    private static StateChange<QuotaState, bool> Drop(QuotaState state, string id, DateTimeOffset now)
    {
        var durable = state.Reservations.ContainsKey(id);
        return durable || state.Fleeting.ContainsKey(id) ? new(Without(Current(state, now), id), true, durable) : Unchanged(state, false);
    }

    private static StateChange<QuotaState, TResult> Unchanged<TResult>(QuotaState state, TResult result) => new(state, result, Durable: false);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;

    private static string[] Remember(IReadOnlyList<string> known, string id) => [.. known.Skip(Math.Max(0, known.Count + 1 - Remembered)), Short(id)];

    private static string Short(string id) => id.Length > RememberedDigits ? id[^RememberedDigits..] : id;
}
