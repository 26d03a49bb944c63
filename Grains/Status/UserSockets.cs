using Ingestion.Status;

namespace Ingestion.Grains.Status;

/// <summary>The sockets of one user, wherever they are, each under a lease: what makes their number exact.</summary>
internal sealed class UserSockets(TimeProvider time)
{
    // Idle users have one socket at most.
    private readonly Dictionary<IStatusObserver, Entry> _entries = new(1);

    /// <summary>False when there are <paramref name="most"/> others; 0 means no limit. Who is there already may join again.</summary>
    public bool TryJoin(IStatusObserver observer, SocketHealth health, int most)
    {
        Forget();
        if (most > 0 && _entries.Count >= most && !_entries.ContainsKey(observer))
            return false;
        Put(observer, health);
        return true;
    }

    /// <summary>False when the socket is not known, or not any more.</summary>
    public bool TryRenew(IStatusObserver observer, SocketHealth health)
    {
        if (!_entries.ContainsKey(observer))
            return false;
        Put(observer, health);
        return true;
    }

    public void Leave(IStatusObserver observer) => _entries.Remove(observer);

    public IReadOnlyList<SocketHealth> List()
    {
        Forget();
        return [.. _entries.Values.Select(entry => entry.Health).OrderBy(health => health.ConnectedAt)];
    }

    private void Put(IStatusObserver observer, SocketHealth health) => _entries[observer] = new Entry(health, time.GetTimestamp());

    private void Forget()
    {
        foreach (var (observer, entry) in _entries)
        {
            if (time.GetElapsedTime(entry.RenewedAt) > StatusRules.ObserverLease)
                _entries.Remove(observer);
        }
    }

    private readonly record struct Entry(SocketHealth Health, long RenewedAt);
}
