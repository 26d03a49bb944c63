using Ingestion.Auth;
using Ingestion.Grains.Storage;

namespace Ingestion.Grains.Auth;

/// <summary>What is denied: pure.</summary>
internal static class DenyListRules
{
    /// <summary>About 2 MB of JSON, which is written on each change and copied to each silo.</summary>
    public const int MostDenials = 10_000;

    // Longer than clocks and Ingestion:Token:ClockSkewSeconds may differ: a token is refused for having expired by then.
    private static readonly TimeSpan _slack = TimeSpan.FromMinutes(10);

    /// <summary>Denials that may still match a token.</summary>
    public static IReadOnlyList<Denial> Live(DenyListState state, DateTimeOffset now) => [.. state.Denials.Where(denial => denial.Until > now - _slack)];

    /// <summary>One more, or a longer one; null when there is no room.</summary>
    public static StateChange<DenyListState, Denial?> Add(DenyListState state, Denial denial, DateTimeOffset now)
    {
        var live = Live(state, now);
        if (live.FirstOrDefault(other => other.TokenId == denial.TokenId && other.User == denial.User && other.IsErasure == denial.IsErasure) is { } known)
        {
            var issued = known.IssuedUntil is { } at ? Later(at, denial.IssuedUntil ?? at) : (DateTimeOffset?)null;
            var longer = known with { Until = Later(known.Until, denial.Until), IssuedUntil = issued };
            return longer == known
                ? new(state, known, Durable: false)
                : Changed<Denial?>(state, [.. live.Select(other => other == known ? longer : other)], longer);
        }

        return live.Count >= MostDenials ? new(state, null, Durable: false) : Changed<Denial?>(state, [.. live, denial], denial);
    }

    /// <summary>One less; false when there is none of that id.</summary>
    public static StateChange<DenyListState, bool> Remove(DenyListState state, string id, DateTimeOffset now)
    {
        var live = Live(state, now);
        return live.Any(denial => denial.Id == id) ? Changed(state, [.. live.Where(denial => denial.Id != id)], true) : new(state, false, Durable: false);
    }

    private static StateChange<DenyListState, T> Changed<T>(DenyListState state, IReadOnlyList<Denial> denials, T result) =>
        new(new DenyListState { Version = state.Version + 1, Denials = denials }, result, Durable: true);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
