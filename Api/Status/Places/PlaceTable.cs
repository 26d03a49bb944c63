using System.Collections.Concurrent;
using Ingestion.Status;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Status.Places;

/// <summary>
/// The places that this silo's sockets and event streams have with their users' grains, and where those are. While a grain is active its silo says so
/// every <see cref="ObserverLease.Period"/>, and what it knows; while it is at rest nothing has to be said. In all other cases the holders ask for their grain
/// themselves: its silo has died, or nothing has come of it for too long.
/// </summary>
internal sealed class PlaceTable(
    IClusterMembershipService membership, IClusterManifestProvider manifests, TimeProvider time, ILogger<PlaceTable> logger) : BackgroundService, IPlaceTable
{
    // Two beats, and a little for a busy machine.
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(1);

    // All sockets of a silo may have to ask at once: as fast as a crowd of new ones would come.
    private const double AsksPerSecond = 2_000;

    private readonly ConcurrentDictionary<string, PlacesOfUser> _users = new(StringComparer.Ordinal);
    private readonly LoopGuard _guard = new(nameof(PlaceTable), logger);

    /// <summary>The clock of all holders.</summary>
    public TimeProvider Time => time;

    /// <summary>A holder is about to ask for its place.</summary>
    public void Add(string user, IPlaceHolder holder)
    {
        while (!_users.GetOrAdd(user, static _ => new PlacesOfUser()).TryAdd(holder))
        {
            // The last one has just left, and the entry with it.
        }
    }

    /// <summary>A holder leaves.</summary>
    /// <returns>False when the user's grain need not be notified: it is at rest and looks when it is active again.</returns>
    public bool Remove(string user, IPlaceHolder holder)
    {
        if (!_users.TryGetValue(user, out var places))
            return true;
        var (isEmpty, isAtRest) = places.Remove(holder);
        if (isEmpty)
            _users.TryRemove(new KeyValuePair<string, PlacesOfUser>(user, places));
        return !isAtRest;
    }

    /// <summary>The user's grain is active there. Null: its silo makes no comparison, and the holders renew by themselves.</summary>
    public void Heard(string user, SiloAddress? grain)
    {
        if (_users.TryGetValue(user, out var places))
            places.Heard(grain, time.GetTimestamp());
    }

    /// <summary>Whether a holder need not renew: the user's grain is at rest and has stored that places are here.</summary>
    public bool IsAtRest(string user) => _users.TryGetValue(user, out var places) && places.IsAtRest;

    public void Rest(string user, SiloAddress grain, RestingJournal? journal)
    {
        if (!_users.TryGetValue(user, out var places))
            return;
        places.Rest(grain, journal?.Sum);
        // It renews no more, by which it would have found that a push was lost.
        if (journal is { End: var end })
            CatchUp(places.Holders(), end);
    }

    public IReadOnlyList<HeldPlace> Wake(string user, SiloAddress grain, Cursor end)
    {
        if (!_users.TryGetValue(user, out var places))
            return [];
        places.Heard(grain, time.GetTimestamp());
        var holders = places.Holders();
        var held = holders.Where(holder => holder.IsAdmitted).Select(holder => holder.Describe()).ToList();
        // Described first: what they ask for now must find them as what they are.
        CatchUp(holders, end);
        return held;
    }

    public IReadOnlyList<UserPlaces> Beat(JournalBeat beat)
    {
        for (var i = 0; i < beat.AtRest.Count; i++)
            Rest(beat.AtRest[i], beat.Silo, beat.Journals?[i]);

        var others = new List<UserPlaces>();
        foreach (var journal in beat.Active)
        {
            var places = _users.GetValueOrDefault(journal.User);
            var holders = places?.Holders() ?? [];
            places?.Heard(beat.Silo, time.GetTimestamp());
            CatchUp(holders, journal.End);
            if ((places?.Sum ?? 0) == journal.Sum)
                continue;
            others.Add(new UserPlaces(journal.User, [.. holders.Select(holder => holder.Id)]));
            Ask(holders, ObserverLease.Period);
        }

        return others;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = new PeriodicTimer(_tick, time);
        try
        {
            while (await clock.WaitForNextTickAsync(stoppingToken))
                _guard.Try("a look for grains that have gone", LookForGone);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    /// <summary>Those whose grain was in a silo that is dead, or that has been silent for too long, ask where it is.</summary>
    private void LookForGone()
    {
        var (now, snapshot) = (time.GetTimestamp(), membership.CurrentSnapshot);
        var isEverywhere = PlacesSupport.IsEverywhere(manifests.Current);
        Func<SiloAddress, long, bool, bool> hasGone = (silo, heardAt, isAtRest) =>
            !isEverywhere || (!isAtRest && (snapshot.GetSiloStatus(silo) is SiloStatus.Dead || time.GetElapsedTime(heardAt, now) > _silence));
        var gone = new List<PlacesOfUser>();
        foreach (var (_, places) in _users)
        {
            if (places.Forget(hasGone))
                gone.Add(places);
        }

        foreach (var places in gone)
            Ask(places.Holders(), TimeSpan.FromSeconds(gone.Count / AsksPerSecond));
    }

    private static void Ask(IReadOnlyList<IPlaceHolder> holders, TimeSpan within)
    {
        foreach (var holder in holders)
            holder.RenewIn(within * Random.Shared.NextDouble());
    }

    private static void CatchUp(IReadOnlyList<IPlaceHolder> holders, Cursor end)
    {
        foreach (var holder in holders)
        {
            if (holder.Seen is { } seen && (seen.Epoch != end.Epoch || seen.Offset < end.Offset))
                holder.CatchUp();
        }
    }
}
