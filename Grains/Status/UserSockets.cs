using Ingestion.Status;

namespace Ingestion.Grains.Status;

/// <summary>
/// The sockets of one user in all silos, each under a lease, which makes their number exact; and which of them, and which others, listen to the
/// journal. One small table for all of it, as most users have one socket and there are many users.
/// </summary>
internal sealed class UserSockets(TimeProvider time)
{
    private readonly Dictionary<IStatusObserver, Entry> _entries = new(1);

    // Listeners that are no sockets count for no limit, and guests for one of their own: guests with a link that the user gave away could
    // otherwise take all of the user's places.
    private int _own;
    private int _guests;

    /// <summary>Whether there is any.</summary>
    public bool Any => _entries.Count > 0;

    /// <summary>
    /// False when there are <paramref name="most"/> others, guests or not, or <paramref name="mostOfShare"/> guests of the same link; 0 means no limit.
    /// A registered socket may join again, also as another kind if that has a place.
    /// </summary>
    public bool TryJoin(IStatusObserver observer, SocketHealth health, int most, int mostOfShare = 0)
    {
        Forget();
        var known = _entries.GetValueOrDefault(observer);
        if (!IsOfKind(known, health))
        {
            if (most > 0 && (health.IsGuest ? _guests - (known.Health is { IsGuest: true } ? 1 : 0) : _own) >= most)
                return false;
            if (mostOfShare > 0 && _entries.Values.Count(entry => IsOfKind(entry, health)) >= mostOfShare)
                return false;
            Count(known.Health, -1);
            Count(health, 1);
        }

        Put(observer, known with { Health = health });
        return true;
    }

    /// <summary>From now on it is notified.</summary>
    public void Listen(IStatusObserver observer) => Put(observer, _entries.GetValueOrDefault(observer) with { Listens = true });

    /// <summary>
    /// Renews the lease of a socket, or without <paramref name="health"/> of a listener: whether it is known as what it is, and whether it is
    /// notified.
    /// </summary>
    public (bool Known, bool Listens) Renew(IStatusObserver observer, SocketHealth? health)
    {
        if (!_entries.TryGetValue(observer, out var known))
            return default;
        if (health is not null && !IsOfKind(known, health))
            return (false, known.Listens);
        Put(observer, known with { Health = health ?? known.Health });
        return (true, known.Listens);
    }

    public void Leave(IStatusObserver observer)
    {
        if (_entries.Remove(observer, out var entry))
            Count(entry.Health, -1);
    }

    public IReadOnlyList<SocketHealth> List()
    {
        Forget();
        return [.. _entries.Values.Select(entry => entry.Health).OfType<SocketHealth>().OrderBy(health => health.ConnectedAt)];
    }

    /// <summary>
    /// Notifies all listeners, in order. One-way sends complete as they are handed over: nothing waits for them, and a listener that fails is
    /// forgotten; the answer to its next renewal reports that, and it subscribes again from where it was.
    /// </summary>
    public void Notify(Func<IStatusObserver, Task> send)
    {
        Forget();
        foreach (var (observer, entry) in _entries)
        {
            if (entry.Listens)
                _ = NotifyAsync(observer, send);
        }
    }

    private async Task NotifyAsync(IStatusObserver observer, Func<IStatusObserver, Task> send)
    {
        try
        {
            await send(observer);
        }
#pragma warning disable CA1031 // Whatever it is, this observer can't be reached.
        catch (Exception)
#pragma warning restore CA1031
        {
            Leave(observer);
        }
    }

    private static bool IsOfKind(Entry known, SocketHealth health) => known.Health is { } now && now.IsGuest == health.IsGuest && now.Share == health.Share;

    private void Count(SocketHealth? health, int change)
    {
        if (health is { IsGuest: true })
            _guests += change;
        else if (health is not null)
            _own += change;
    }

    private void Put(IStatusObserver observer, Entry entry) => _entries[observer] = entry with { RenewedAt = time.GetTimestamp() };

    private void Forget()
    {
        foreach (var (observer, entry) in _entries)
        {
            if (time.GetElapsedTime(entry.RenewedAt) > ObserverLease.Time)
                Leave(observer);
        }
    }

    private readonly record struct Entry(SocketHealth? Health, bool Listens, long RenewedAt);
}
