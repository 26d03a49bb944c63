using System.Collections.Concurrent;
using Ingestion.Status;

namespace Ingestion.Api.Status.Events;

/// <summary>
/// Is notified when a user's journal grows, for a subscriber that reads at its own pace: what it has not read yet waits in the journal and
/// nowhere else.
/// </summary>
internal sealed class JournalListener : IStatusObserver, IAsyncDisposable
{
    private const int PageSize = 100;

    private readonly IGrainFactory _grains;
    private readonly IStatusGrain _grain;
    private readonly IStatusObserver _self;
    private readonly SemaphoreSlim _news = new(0);
    private readonly ConcurrentDictionary<string, StatusEvent> _progress = new(StringComparer.Ordinal);
    private readonly IReadOnlySet<string>? _videos;
    private readonly ListenerPlace? _place;

    /// <summary>
    /// For events of these <paramref name="videos"/>; null: of all of the user's. With a <paramref name="place"/> it counts among the user's sockets.
    /// </summary>
    public JournalListener(IGrainFactory grains, string user, EventAudience audience, IReadOnlySet<string>? videos, ListenerPlace? place = null)
    {
        (_grains, _grain, Audience, _videos, _place) = (grains, grains.GetGrain<IStatusGrain>(user), audience, videos, place);
        _self = grains.CreateObjectReference<IStatusObserver>(this);
    }

    /// <summary>Who reads what comes.</summary>
    public EventAudience Audience { get; }

    /// <summary>Takes its place, if it wants one. False when the user has as many as allowed, in the whole cluster.</summary>
    public Task<bool> JoinAsync() => _place switch
    {
        null => Task.FromResult(true),
        { Health.IsGuest: true } => _grain.JoinGuestAsync(_self, _place.Health, _place.MostOfShare, _place.Most),
        _ => _grain.JoinAsync(_self, _place.Health, _place.Most),
    };

    /// <summary>Whether the subscriber is to get the event. What it reads has all of the user's.</summary>
    public bool Wants(StatusEvent e) => _videos is null || _videos.Contains(e.VideoId);

    /// <summary>Starts to receive notifications; returns where the subscriber starts.</summary>
    public Task<Subscription> StartAsync(Cursor? since) => _grain.SubscribeAsync(_self, since, _videos?.ToArray());

    /// <summary>What follows <paramref name="after"/>, a page of it at most.</summary>
    public Task<JournalPage> ReadAsync(Cursor after) => _grain.ReadAsync(after, PageSize);

    /// <summary>There is news from elsewhere.</summary>
    public void Wake() => _news.Release();

    /// <summary>Waits for news, or that long. Its lease has to be renewed every 10 s.</summary>
    public async Task WaitAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        await _news.WaitAsync(patience, cancellationToken);
        // All that came meanwhile is one piece of news.
        while (_news.Wait(0, cancellationToken))
            continue;
    }

    /// <summary>
    /// Prolongs the lease; a grain that was activated elsewhere registers this listener again. False when its place has gone to another one
    /// meanwhile.
    /// </summary>
    public async Task<bool> RenewAsync(Cursor seen)
    {
        var renewal = await _grain.RenewAsync(_self, _place?.Health);
        if (!renewal.Known && !await JoinAsync())
            return false;
        if (!renewal.IsSubscribed)
            await _grain.SubscribeAsync(_self, seen);
        return true;
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

    public async ValueTask DisposeAsync()
    {
        try
        {
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
