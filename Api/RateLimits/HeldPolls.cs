using System.Collections.Concurrent;

namespace Ingestion.Api.RateLimits;

/// <summary>How many polls of one user, reads of one webhook, and both of one address, wait in this silo. Only waiting ones are remembered.</summary>
internal sealed class HeldPolls(IOptions<RateLimitOptions> options, RateLimitMetrics metrics)
{
    private const string Policy = "held-poll";

    private readonly ConcurrentDictionary<string, int> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _addresses = new(StringComparer.Ordinal);

    /// <summary>Takes a place for a poll; null when there is none. It is to be disposed when the poll has its answer.</summary>
    public IDisposable? TryHold(string user, string address)
    {
        if (!TryEnter(_users, user, options.Value.HeldPollsPerUser, RateLimitMetrics.User))
            return null;
        if (TryEnter(_addresses, address, options.Value.HeldPollsPerAddress, RateLimitMetrics.Address))
            return new Place(this, user, address);
        Leave(_users, user);
        return null;
    }

    private bool TryEnter(ConcurrentDictionary<string, int> held, string key, int most, string scope)
    {
        if (held.AddOrUpdate(key, 1, static (_, count) => count + 1) <= most || most == 0)
            return true;
        Leave(held, key);
        metrics.Refused(Policy, scope);
        return false;
    }

    private static void Leave(ConcurrentDictionary<string, int> held, string key)
    {
        if (held.AddOrUpdate(key, 0, static (_, count) => count - 1) == 0)
            held.TryRemove(new KeyValuePair<string, int>(key, 0));
    }

    private sealed class Place(HeldPolls polls, string user, string address) : IDisposable
    {
        public void Dispose()
        {
            Leave(polls._users, user);
            Leave(polls._addresses, address);
        }
    }
}
