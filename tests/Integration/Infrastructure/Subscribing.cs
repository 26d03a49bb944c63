using Ingestion.Status;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>Subscriptions of which only the start matters.</summary>
internal static class Subscribing
{
    /// <summary>How a subscriber with this cursor starts.</summary>
    public static async Task<Subscription> StartOfAsync(this ServiceCluster cluster, IStatusGrain journal, Cursor? since)
    {
        var observer = new Deaf();
        var reference = cluster.From(0).CreateObjectReference<IStatusObserver>(observer);
        var subscription = await journal.SubscribeAsync(reference, since);
        await journal.UnsubscribeAsync(reference);
        cluster.From(0).DeleteObjectReference<IStatusObserver>(reference);
        GC.KeepAlive(observer);
        return subscription;
    }

    private sealed class Deaf : IStatusObserver
    {
        public Task OnEntriesAsync(string epoch, IReadOnlyList<JournalEntry> entries) => Task.CompletedTask;

        public Task OnProgressAsync(StatusEvent progress) => Task.CompletedTask;
    }
}
