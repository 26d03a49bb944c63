using System.Globalization;
using Ingestion.Grains.Status.Places;
using Ingestion.Status;

namespace Ingestion.Grains.Status;

/// <summary>
/// The sockets of one user in all silos, which makes their number exact; and which of them, and which others, listen to the journal. One small table
/// for all of it, as most users have one socket and there are many users. Sockets stay until they leave or their silo dies; other listeners have a
/// lease.
/// </summary>
internal sealed class UserSockets(TimeProvider time, Func<SiloAddress, bool> isDead, JournalPresence presence)
{
    private readonly Dictionary<IStatusObserver, Entry> _entries = new(1);

    // Listeners that are no sockets count for no limit, and guests for one of their own: guests with a link that the user gave away could
    // otherwise take all of the user's places.
    private int _own;
    private int _guests;

    // Places from before this activation, in silos that have not answered yet. Null once all are found.
    private Dictionary<SiloAddress, PlacesOfSilo>? _expected;

    /// <summary>Whether there is any.</summary>
    public bool Any => _entries.Count > 0;

    /// <summary>There were so many places in a silo. They count until it is known who they are.</summary>
    public void Expect(SiloAddress silo, PlacesOfSilo places) => (_expected ??= [])[silo] = places;

    /// <summary>The places of a silo are found, or it has gone.</summary>
    /// <returns>The observers that were not known.</returns>
    public IReadOnlyList<IStatusObserver> Found(SiloAddress silo, IReadOnlyList<HeldPlace> places)
    {
        if (_expected?.Remove(silo) is true && _expected.Count == 0)
            _expected = null;
        var news = new List<IStatusObserver>();
        foreach (var place in places)
        {
            var known = _entries.GetValueOrDefault(place.Observer);
            if (place.Listens && !known.Listens)
                news.Add(place.Observer);
            SetHealth(known, place.Health);
            Put(place.Observer, known with { Health = place.Health, Listens = place.Listens || known.Listens });
        }

        return news;
    }

    /// <summary>Of the places in a silo only these are there. Those that have just come stay.</summary>
    public void Keep(SiloAddress silo, IReadOnlySet<string> ids)
    {
        foreach (var (observer, entry) in _entries)
        {
            if (silo.Equals(entry.Silo) && !ids.Contains(entry.Health!.Id) && time.GetElapsedTime(entry.RenewedAt) >= ObserverLease.Period)
                Leave(observer);
        }
    }

    /// <summary>How many places there are in which silo, those that are not found yet among them.</summary>
    public IReadOnlyList<PlacesOfSilo> BySilo()
    {
        Forget();
        var found = from entry in _entries.Values where entry.Silo is not null group entry.Health!.IsGuest by entry.Silo into places
            select new PlacesOfSilo(places.Key.ToParsableString(), places.Count(isGuest => !isGuest), places.Count(isGuest => isGuest));
        // One that has places of both kinds is asked once; the larger numbers are on the safe side.
        return [.. found.Concat(_expected?.Values ?? Enumerable.Empty<PlacesOfSilo>()).GroupBy(places => places.Silo)
            .Select(same => new PlacesOfSilo(same.Key, same.Max(places => places.Own), same.Max(places => places.Guests)))
            .OrderBy(places => places.Silo, StringComparer.Ordinal)];
    }

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
            var expected = _expected?.Values.Sum(places => health.IsGuest ? places.Guests : places.Own) ?? 0;
            if (most > 0 && (health.IsGuest ? _guests - (known.Health is { IsGuest: true } ? 1 : 0) : _own) + expected >= most)
                return false;
            if (mostOfShare > 0 && _entries.Values.Count(entry => IsOfKind(entry, health)) + expected >= mostOfShare)
                return false;
        }

        SetHealth(known, health);
        Put(observer, known with { Health = health });
        return true;
    }

    /// <summary>From now on it is notified.</summary>
    public void Listen(IStatusObserver observer) => Put(observer, _entries.GetValueOrDefault(observer) with { Listens = true });

    /// <summary>
    /// Renews a socket, or without <paramref name="health"/> the lease of a listener: whether it is known as what it is, and whether it is
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
        if (!_entries.Remove(observer, out var entry))
            return;
        Count(entry.Health, -1);
        if (entry.Silo is { } silo)
            presence.Remove(silo, entry.Health!.Id);
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

    /// <summary>As <see cref="Notify(Func{IStatusObserver, Task})"/>, only these.</summary>
    public void Notify(IReadOnlyList<IStatusObserver> some, Func<IStatusObserver, Task> send)
    {
        foreach (var observer in some)
            _ = NotifyAsync(observer, send);
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

    /// <summary>Counts a holder as what it is now.</summary>
    private void SetHealth(Entry known, SocketHealth health)
    {
        Count(known.Health, -1);
        Count(health, 1);
        if (known.Silo is null && SiloOf(health) is { } silo)
            presence.Add(silo, health.Id);
    }

    private void Count(SocketHealth? health, int change)
    {
        if (health is { IsGuest: true })
            _guests += change;
        else if (health is not null)
            _own += change;
    }

    private void Put(IStatusObserver observer, Entry entry) => _entries[observer] = entry with
    {
        RenewedAt = time.GetTimestamp(), Silo = entry.Silo ?? (entry.Health is { } health ? SiloOf(health) : null),
    };

    private static SiloAddress? SiloOf(SocketHealth health) => SiloAddress.TryParse(health.Silo, CultureInfo.InvariantCulture, out var silo) ? silo : null;

    private void Forget()
    {
        foreach (var (observer, entry) in _entries)
        {
            if (entry.Silo is { } silo ? isDead(silo) : time.GetElapsedTime(entry.RenewedAt) > ObserverLease.Time)
                Leave(observer);
        }
    }

    // Silo: null for one that has a lease.
    private readonly record struct Entry(SocketHealth? Health, bool Listens, long RenewedAt, SiloAddress? Silo);
}
