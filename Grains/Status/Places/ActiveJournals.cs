using System.Collections.Concurrent;
using Ingestion.Status;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Status.Places;

/// <summary>
/// The active grains of this silo that know of places. Every <see cref="ObserverLease.Period"/> it compares what they know with each silo that has such
/// places, in one message for all of them: so nothing wakes a grain, and a lost push or a lost farewell is found all the same. That a grain has gone to
/// rest is said sooner, as a socket that renews or leaves would wake it: in this silo at once, to others within a second.
/// </summary>
internal sealed partial class ActiveJournals(
    ISiloPlacesClient silos, SiloLives lives, ILocalSiloDetails self, IGrainFactory grains, TimeProvider time, ILogger<ActiveJournals> logger,
    IPlaceTable? here = null)
    : BackgroundService
{
    private static readonly TimeSpan _tick = TimeSpan.FromSeconds(1);

    // Of a message; a user takes about 100 bytes of it.
    private const int MostUsers = 5_000;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, JournalPresence> _active = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(SiloAddress Silo, string User), RestingJournal> _atRest = new();
    private readonly LoopGuard _guard = new(nameof(ActiveJournals), logger);

    /// <summary>The silo that these grains are in.</summary>
    public SiloAddress Silo => self.SiloAddress;

    /// <summary>A grain knows of places.</summary>
    public void Add(JournalPresence presence) => _active[presence.User] = presence;

    /// <summary>The grain has been deactivated. With <paramref name="stored"/> silos it has stored that its user's places are there.</summary>
    public void Remove(JournalPresence presence, IEnumerable<SiloAddress> stored)
    {
        _active.TryRemove(new KeyValuePair<string, JournalPresence>(presence.User, presence));
        foreach (var silo in stored)
        {
            var journal = presence.RestFor(silo);
            // To this silo too: a message that says that the grain is active may be under way.
            _atRest[(silo, presence.User)] = journal;
            if (silo.Equals(Silo))
                here?.Rest(presence.User, silo, journal);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = new PeriodicTimer(_tick, time);
        var (began, resting) = (time.GetTimestamp(), Task.CompletedTask);
        try
        {
            while (await clock.WaitForNextTickAsync(stoppingToken))
            {
                if (time.GetElapsedTime(began) >= ObserverLease.Period)
                {
                    began = time.GetTimestamp();
                    _guard.Try("the comparison of sockets", () => _ = BeatAsync());
                }
                else if (resting.IsCompleted && !_atRest.IsEmpty)
                {
                    _guard.Try("the news of grains at rest", () => resting = BeatAsync([]));
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    /// <summary>Compares with all silos now; completes when they have answered, or do not.</summary>
    internal Task BeatAsync()
    {
        var active = new Dictionary<SiloAddress, List<ActiveJournal>>();
        foreach (var (_, presence) in _active)
            presence.Report((silo, journal) => (active.TryGetValue(silo, out var known) ? known : active[silo] = []).Add(journal));
        return BeatAsync(active);
    }

    private Task BeatAsync(Dictionary<SiloAddress, List<ActiveJournal>> active)
    {
        // Who is active again is not at rest: the presence is read before the list of those at rest, and the other side believes what comes last.
        var atRest = _atRest.Where(rest => !_active.ContainsKey(rest.Key.User)).ToLookup(rest => rest.Key.Silo, rest => (rest.Key.User, Journal: rest.Value));
        return Task.WhenAll(active.Keys.Union(atRest.Select(group => group.Key))
            .Select(silo => BeatAsync(silo, active.GetValueOrDefault(silo) ?? [], [.. atRest[silo]])));
    }

    /// <summary>Nothing waits for it: what fails is said again by the next one.</summary>
    private async Task BeatAsync(SiloAddress silo, List<ActiveJournal> active, (string User, RestingJournal Journal)[] atRest)
    {
        try
        {
            // Reads the membership table where the silo is not known, which may fail.
            if (await lives.IsOverAsync(silo))
            {
                Forget(silo, atRest);
                return;
            }

            for (var from = 0; from < Math.Max(active.Count, atRest.Length); from += MostUsers)
            {
                var resting = atRest.Skip(from).Take(MostUsers).ToList();
                var beat = new JournalBeat(
                    Silo, [.. active.Skip(from).Take(MostUsers)], [.. resting.Select(rest => rest.User)], [.. resting.Select(rest => rest.Journal)]);
                var others = await silos.BeatAsync(silo, beat).WaitAsync(_patience, time);
                Forget(silo, resting);
                foreach (var other in others.Where(other => _active.ContainsKey(other.User)))
                    await grains.GetGrain<IStatusGrain>(other.User).KeepPlacesAsync(silo, other.Ids);
            }
        }
#pragma warning disable CA1031 // A silo that can't be reached, or is of a release without places; the next beat says the same again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogBeatFailed(e, silo);
        }
    }

    private void Forget(SiloAddress silo, IEnumerable<(string User, RestingJournal Journal)> atRest)
    {
        // One that was active again and went to rest meanwhile has something new to say.
        foreach (var (user, journal) in atRest)
            _atRest.TryRemove(KeyValuePair.Create((silo, user), journal));
    }

    [LoggerMessage(EventName = "PlacesNotCompared", Level = LogLevel.Debug, Message = "Silo {Silo} was not reached to compare its sockets")]
    private partial void LogBeatFailed(Exception exception, SiloAddress silo);
}
