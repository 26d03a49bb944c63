using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Orleans.Utilities;

/// <summary>A grain's subscribers. One that does not subscribe again in time is dropped, and so is one that fails.</summary>
public class ObserverManager<TIdentity, TObserver>(TimeSpan expiration, ILogger log)
    where TIdentity : notnull
    where TObserver : notnull
{
    private readonly ConcurrentDictionary<TIdentity, (TObserver Observer, DateTime LastSeen)> _observers = new();

    public Func<DateTime> GetDateTime { get; set; } = static () => TimeProvider.System.GetUtcNow().UtcDateTime;

    public int Count => _observers.Count;

    public IReadOnlyDictionary<TIdentity, TObserver> Observers => _observers.ToDictionary(entry => entry.Key, entry => entry.Value.Observer);

    /// <summary>Adds or renews.</summary>
    public void Subscribe(TIdentity id, TObserver observer) => _observers[id] = (observer, GetDateTime());

    public void Unsubscribe(TIdentity id) => _observers.TryRemove(id, out _);

    public void ClearExpired()
    {
        foreach (var entry in _observers)
        {
            if (IsExpired(entry.Value.LastSeen))
                _observers.TryRemove(entry);
        }
    }

    public async Task Notify(Func<TObserver, Task> notification, Func<TObserver, bool>? predicate = null)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var failed = new List<TIdentity>();
        foreach (var (id, observer) in Due(predicate))
        {
            try
            {
                await notification(observer);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                log.ObserverDropped(id, failure);
                failed.Add(id);
            }
        }

        // At the end: while it notifies, the notification may look at the observers.
        failed.ForEach(Unsubscribe);
    }

    private IEnumerable<(TIdentity Id, TObserver Observer)> Due(Func<TObserver, bool>? predicate)
    {
        foreach (var entry in _observers)
        {
            if (IsExpired(entry.Value.LastSeen))
                _observers.TryRemove(entry);
            else if (predicate is null || predicate(entry.Value.Observer))
                yield return (entry.Key, entry.Value.Observer);
        }
    }

    private bool IsExpired(DateTime lastSeen) => lastSeen + expiration < GetDateTime();
}

internal static partial class ObserverManagerLog
{
    [LoggerMessage(20, LogLevel.Debug, "Observer {Observer} failed and is dropped")]
    public static partial void ObserverDropped(this ILogger log, object observer, Exception failure);
}
