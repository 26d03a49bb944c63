using System.Globalization;
using Ingestion.Grains.Status.Places;
using Ingestion.Grains.Storage;
using Ingestion.Status;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Status;

/// <summary>
/// How the grain, once it is active again, finds the sockets that its user has had all the time. It stores in which silos they are when it is deactivated;
/// a grain that could not has its sockets ask for it, see <see cref="ActiveJournals"/>.
/// </summary>
internal sealed partial class StatusGrain
{
    // A silo that does not answer is dead soon, or well again.
    private static readonly TimeSpan _patienceWithSilo = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(10);

    private Task _finding = Task.CompletedTask;
    private bool _isActive;
    private bool _isLeaving;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_journal.LoadAsync(), _storedPlaces.LoadAsync());
        foreach (var places in _storedPlaces.Value.Silos)
        {
            if (SiloAddress.TryParse(places.Silo, CultureInfo.InvariantCulture, out var silo) && !_places.Lives.IsDead(silo))
            {
                _sockets.Expect(silo, places);
                _finding = Task.WhenAll(_finding, FindAsync(silo));
            }
        }

        _presence.MoveTo(End);
        _isActive = true;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isLeaving = true;
        // One that could not read what it needs knows of no places, and must not store that.
        if (!_isActive)
            return;
        IReadOnlyList<PlacesOfSilo> silos = [];
        try
        {
            silos = _sockets.BySilo();
            await _storedPlaces.ChangeAsync(stored => new StateChange<PlacesState, bool>(
                new PlacesState { Silos = silos }, true, Durable: !stored.Silos.SequenceEqual(silos)));
        }
#pragma warning disable CA1031 // Whatever the storage throws: the sockets hear nothing of this grain any more, and ask for it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogPlacesNotStored(e, this.GetPrimaryKeyString());
            silos = [];
        }

        _places.Journals.Remove(_presence, silos.Select(places => SiloAddress.FromParsableString(places.Silo)));
    }

    public async Task<bool> JoinAsync(IStatusObserver observer, SocketHealth health, int most)
    {
        await WaitUntilFoundAsync();
        return _sockets.TryJoin(observer, health, most) && Compare();
    }

    public async Task<bool> JoinGuestAsync(IStatusObserver observer, SocketHealth health, int mostOfShare, int mostOfAll)
    {
        await WaitUntilFoundAsync();
        return _sockets.TryJoin(observer, health, mostOfAll, mostOfShare) && Compare();
    }

    public async Task<Renewal> RenewAsync(IStatusObserver observer, SocketHealth? health = null)
    {
        await _journal.LoadAsync();
        var (known, listens) = _sockets.Renew(observer, health);
        return new Renewal(End, known, listens, health is null || !_places.Lives.AllKnowPlaces ? null : _places.Journals.Silo);
    }

    public Task UnsubscribeAsync(IStatusObserver observer)
    {
        _sockets.Leave(observer);
        return Task.CompletedTask;
    }

    public async Task<IReadOnlyList<SocketHealth>> ListSocketsAsync()
    {
        await WaitUntilFoundAsync();
        await Task.WhenAll(_sockets.BySilo().Select(places => RefreshAsync(SiloAddress.FromParsableString(places.Silo))));
        return _sockets.List();
    }

    public Task KeepPlacesAsync(SiloAddress silo, IReadOnlyList<string> ids)
    {
        _sockets.Keep(silo, ids.ToHashSet(StringComparer.Ordinal));
        return Task.CompletedTask;
    }

    /// <summary>From now on its places are compared with those of their silos. Grains without any, which most are, are no burden there.</summary>
    private bool Compare()
    {
        if (!_isLeaving)
            _places.Journals.Add(_presence);
        return true;
    }

    /// <summary>Not for long: the places of a silo that does not answer count as they were.</summary>
    private Task WaitUntilFoundAsync() =>
        _finding.IsCompleted ? Task.CompletedTask : Task.WhenAny(_finding, Task.Delay(_patienceWithSilo, _time));

    /// <summary>Asks until the silo answers, or is dead. Its sockets miss nothing meanwhile: they catch up from where they are.</summary>
    private async Task FindAsync(SiloAddress silo)
    {
        for (var pause = TimeSpan.FromSeconds(1); !_isLeaving; pause = pause * 2 < _longestPause ? pause * 2 : _longestPause)
        {
            try
            {
                // The sockets get the end of the journal as it is stored: after a failed write it has to be read again.
                await _journal.LoadAsync();
                var end = End;
                var over = await _places.Lives.IsOverAsync(silo);
                var found = over ? [] : await _places.Silos.WakeAsync(silo, this.GetPrimaryKeyString(), end).WaitAsync(_patienceWithSilo, _time);
                var news = _sockets.Found(silo, found);
                Compare();
                await PushMissedAsync(news, end);
                return;
            }
#pragma warning disable CA1031 // Whatever it is, it is tried again.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogPlacesNotFound(e, GrainContext.GrainId, silo);
                await Task.Delay(pause, _time);
            }
        }
    }

    private async Task RefreshAsync(SiloAddress silo)
    {
        try
        {
            _sockets.Found(silo, await _places.Silos.WakeAsync(silo, this.GetPrimaryKeyString(), End).WaitAsync(_patienceWithSilo, _time));
        }
#pragma warning disable CA1031 // As they were is better than nothing.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogPlacesNotFound(e, GrainContext.GrainId, silo);
        }
    }

    /// <summary>What was committed after they were asked how far they are, and before they were registered.</summary>
    private async Task PushMissedAsync(IReadOnlyList<IStatusObserver> observers, Cursor asked)
    {
        if (observers.Count == 0 || asked == End)
            return;
        var epoch = _journal.Epoch;
        JournalEntry[] missed = await ReadUpToAsync(asked.Epoch == epoch ? asked.Offset : 0, End);
        if (missed.Length > 0)
            _sockets.Notify(observers, observer => observer.OnEntriesAsync(epoch, missed));
    }

    [LoggerMessage(EventName = "PlacesNotStored", Level = LogLevel.Warning,
        Message = "Where the sockets of {User} are could not be stored; they ask for their grain within half a minute")]
    private partial void LogPlacesNotStored(Exception exception, string user);

    [LoggerMessage(EventName = "PlacesNotFound", Level = LogLevel.Debug, Message = "The sockets of {Grain} in silo {Silo} were not found; it is asked again")]
    private partial void LogPlacesNotFound(Exception exception, GrainId grain, SiloAddress silo);
}
