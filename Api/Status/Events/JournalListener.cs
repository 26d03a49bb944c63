using System.Collections.Concurrent;
using Ingestion.Api.Status.Places;
using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Api.Status.Events;

/// <summary>
/// Is notified when a user's journal grows, for a subscriber that reads at its own pace: what it has not read yet waits in the journal and
/// nowhere else.
/// </summary>
internal sealed class JournalListener : IStatusObserver, IPlaceHolder, IAsyncDisposable
{
    private const int PageSize = 100;

    private readonly IGrainFactory _grains;
    private readonly IStatusGrain _grain;
    private readonly IStatusObserver _self;
    private readonly SemaphoreSlim _news = new(0);
    private readonly ConcurrentDictionary<string, StatusEvent> _progress = new(StringComparer.Ordinal);
    private readonly IReadOnlySet<string>? _videos;
    private readonly ListenerPlace? _place;
    private readonly string _user;
    private Cursor? _seen;
    private bool _renews = true;
    private bool _isHolder;

    /// <summary>
    /// For events of these <paramref name="videos"/>; null: of all of the user's. With a <paramref name="place"/> it counts among the user's sockets.
    /// </summary>
    public JournalListener(IGrainFactory grains, string user, EventAudience audience, IReadOnlySet<string>? videos, ListenerPlace? place = null)
    {
        (_grains, _grain, _user, Audience, _videos, _place) = (grains, grains.GetGrain<IStatusGrain>(user), user, audience, videos, place);
        _self = grains.CreateObjectReference<IStatusObserver>(this);
    }

    /// <summary>Who reads what comes.</summary>
    public EventAudience Audience { get; }

    /// <summary>Signs the addresses in what comes; null: there are none.</summary>
    public IMediaAddresses? Media { get; init; }

    /// <summary>Takes its place, if it wants one. False when the user has as many as allowed, in the whole cluster.</summary>
    public async Task<bool> JoinAsync()
    {
        if (_place is null)
            return true;
        if (!_isHolder)
            _place.Table.Add(_user, this);
        _isHolder = true;
        return IsAdmitted = _place.Health.IsGuest
            ? await _grain.JoinGuestAsync(_self, _place.Health, _place.MostOfShare, _place.Most)
            : await _grain.JoinAsync(_self, _place.Health, _place.Most);
    }

    /// <summary>Whether the subscriber is to get the event. What it reads has all of the user's.</summary>
    public bool Wants(StatusEvent e) => _videos is null || _videos.Contains(e.VideoId);

    /// <summary>Starts to receive notifications; returns where the subscriber starts.</summary>
    public async Task<Subscription> StartAsync(Cursor? since)
    {
        var subscription = await _grain.SubscribeAsync(_self, since, _videos?.ToArray());
        SawUpTo(subscription.Cursor);
        return subscription;
    }

    /// <summary>What follows <paramref name="after"/>, a page of it at most.</summary>
    public async Task<JournalPage> ReadAsync(Cursor after)
    {
        var page = await _grain.ReadAsync(after, PageSize);
        if (page.Follows(after))
            SawUpTo(new Cursor(page.End.Epoch, page.Entries is [.., { } newest] ? newest.Offset : after.Offset));
        return page;
    }

    /// <summary>There is news from elsewhere.</summary>
    public void Wake() => _news.Release();

    /// <summary>Waits for news, or that long; whether there is any. At least every 10 s it has to be renewed.</summary>
    public async Task<bool> WaitAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var isNews = await _news.WaitAsync(patience, cancellationToken);
        // All that came meanwhile is one piece of news.
        while (_news.Wait(0, cancellationToken))
            continue;
        return isNews;
    }

    /// <summary>
    /// Renews the registration if that is this listener's to do; a grain that was activated elsewhere registers it again. False when its place has gone
    /// to another one meanwhile.
    /// </summary>
    public async Task<bool> RenewAsync(Cursor seen)
    {
        if (!Volatile.Read(ref _renews))
            return true;
        if (IsAdmitted && _place!.Table.IsAtRest(_user))
        {
            Volatile.Write(ref _renews, false);
            return true;
        }

        var renewal = await _grain.RenewAsync(_self, _place?.Health);
        if (!renewal.Known && !await JoinAsync())
            return false;
        // In this order: if the grain has gone meanwhile, the table finds that and has it renew again.
        Volatile.Write(ref _renews, renewal.Grain is null);
        _place?.Table.Heard(_user, renewal.Grain);
        if (!renewal.IsSubscribed)
            await _grain.SubscribeAsync(_self, seen);
        // A push was lost, or went to where the grain was before: what it was of is in the journal.
        if (renewal.Cursor != seen)
            Wake();
        return true;
    }

    private void SawUpTo(Cursor cursor)
    {
        // Two words: the table reads it from elsewhere.
        lock (_news)
            _seen = cursor;
    }

    /// <summary>The newest progress of each video since the last call.</summary>
    public IEnumerable<StatusEvent> TakeProgress()
    {
        foreach (var (video, _) in _progress)
        {
            if (_progress.TryRemove(video, out var newest))
                yield return newest;
        }
    }

    public Task OnEntriesAsync(string epoch, IReadOnlyList<JournalEntry> entries)
    {
        // Progress that waits is of the state before, and must not come after it.
        foreach (var entry in entries)
            _progress.TryRemove(entry.Event.VideoId, out _);
        _news.Release();
        return Task.CompletedTask;
    }

    public Task OnProgressAsync(StatusEvent progress)
    {
        _progress[progress.VideoId] = progress;
        _news.Release();
        return Task.CompletedTask;
    }

    string IPlaceHolder.Id => _place!.Health.Id;

    /// <summary>Whether it has its place.</summary>
    public bool IsAdmitted { get; private set; }

    Cursor? IPlaceHolder.Seen
    {
        get
        {
            lock (_news)
                return _seen;
        }
    }

    HeldPlace IPlaceHolder.Describe() => new(_self, _place!.Health, Listens: ((IPlaceHolder)this).Seen is not null);

    void IPlaceHolder.RenewIn(TimeSpan delay)
    {
        Volatile.Write(ref _renews, true);
        _ = Task.Delay(delay, _place!.Table.Time).ContinueWith(_ => Wake(), TaskScheduler.Default);
    }

    void IPlaceHolder.CatchUp() => Wake();

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_isHolder && !_place!.Table.Remove(_user, this))
                return;
            await _grain.UnsubscribeAsync(_self);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or StateUnavailableException)
        {
            // Its lease ends by itself.
        }
        finally
        {
            // The semaphore is not disposed: a push may still be on its way, and it holds nothing.
            _grains.DeleteObjectReference<IStatusObserver>(_self);
        }
    }
}
