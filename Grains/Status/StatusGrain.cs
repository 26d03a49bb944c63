using Ingestion.Grains.Silos.Shedding;
using Ingestion.Grains.Status.Places;
using Ingestion.Grains.Storage;
using Ingestion.Grains.Webhooks;
using Ingestion.Status;
using Ingestion.Telemetry;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Storage;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Ingestion.Grains.Status;

/// <inheritdoc cref="IStatusGrain"/>
/// <remarks>
/// Reentrant, so that events of many videos at once share a journal write. What must not fall apart (the journal's end and the
/// registration of an observer; an entry becoming durable and its push) happens without an await in between.
/// </remarks>
[Reentrant]
[CollectionAgeLimit(Minutes = 2)]
[ImplicitStreamSubscription(WireNames.ProgressNamespace)]
[Reclaimable(EmptyBytes, reads: 3)]
internal sealed partial class StatusGrain : Grain, IStatusGrain, IHandoverJournal, IStreamSubscriptionObserver, IAsyncObserver<StatusEvent>,
    IPinned, ISized
{
    private readonly SegmentedLog<StatusEvent> _journal;
    private readonly ProgressFilter _progress = new();
    private readonly UserSockets _sockets;
    private readonly JournalPresence _presence;
    private readonly CoalescedState<PlacesState> _storedPlaces;
    private readonly UserPlacesServices _places;
    private readonly IGrainStorage _storage;
    private readonly SharedWebhooks _shared;
    private readonly TimeSpan _checkPeriod;
    private readonly TimeProvider _time;
    private readonly ILogger<StatusGrain> _logger;
    private readonly FoundEvents _found;
    private readonly IMediaAddresses? _media;
    private readonly RecentIds _redelivered = new();
    private readonly HashSet<string> _underWay = [];
    private Task _redelivering = Task.CompletedTask;

    public StatusGrain(
        [FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, LogRetention<StatusEvent> retention, SharedWebhooks shared,
        UserPlacesServices places, IOptions<WebhookOptions> webhooks, TimeProvider time, ILogger<StatusGrain> logger, IMediaAddresses? media = null)
    {
        (_storage, _shared, _places, _checkPeriod, _time, _logger, _media) = (storage, shared, places, webhooks.Value.CheckPeriod, time, logger, media);
        _presence = new JournalPresence(context.GrainId.Key.ToString()!);
        _sockets = new UserSockets(time, places.Lives.IsDead, _presence);
        _storedPlaces = new CoalescedState<PlacesState>(storage, context.GrainId, "places") { IsNothing = stored => stored.Silos.Count == 0 };
        _journal = new SegmentedLog<StatusEvent>(storage, context.GrainId, "journal", StatusRules.SegmentCapacity, retention)
        {
            Committed = PushEntries,
            // Until it is known whether a webhook needs it.
            KeepFrom = 0,
        };
        _found = new FoundEvents(_journal, time);
    }

    public async Task PublishAsync(IReadOnlyList<StatusEvent> events, bool redelivery)
    {
        _publishing++;
        var added = new List<string>();
        try
        {
            // Of this call, and so of the request or the job behind it; what a timer publishes again has no trace.
            if (Spans.CurrentParent is { } span)
                events = [.. events.Select(e => e with { TraceParent = e.TraceParent ?? span })];
            await _journal.LoadAsync();
            await ListForHandoverAsync(events);
            await _found.ReadAsync();
            if (redelivery)
                _redelivered.Add(events.Select(e => e.Id));
            var mayBeThere = redelivery || MayBeThere(events);
            added.AddRange(events.Select(e => e.Id).Where(_underWay.Add));
            if (mayBeThere)
                await (_redelivering = RedeliverAsync(_redelivering, events));
            else
                await _journal.AppendAsync(events);
        }
        finally
        {
            _underWay.ExceptWith(added);
            _publishing--;
        }
    }

    /// <summary>
    /// A cut connection may bring a first publish behind its redelivery, when its caller has given up, or behind its own repetition, when the call was
    /// rejected and carried out all the same; a silo that was frozen goes on with one. The redelivery may have reached the activation before this one.
    /// </summary>
    private bool MayBeThere(IReadOnlyList<StatusEvent> events) =>
        _journal.IsChangedElsewhere || events.Any(e => _redelivered.Contains(e.Id) || _underWay.Contains(e.Id) || _found.Contains(e.Id))
        || _journal.Tail.Any(item => events.Any(e => e.Id == item.Item.Id));

    /// <summary>
    /// One at a time, and only once the writes under way have ended: an event that is published again may be on its way into the journal still, by its
    /// first publish or by another redelivery.
    /// </summary>
    private async Task RedeliverAsync(Task before, IReadOnlyList<StatusEvent> events)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        HashSet<string> missing;
        int changes;
        do
        {
            await _journal.WaitForWritesAsync();
            await _journal.LoadAsync();
            changes = _journal.Changes;
            missing = [.. events.Select(e => e.Id)];
            await _journal.ScanBackwardsAsync(long.MaxValue, entry => !missing.Remove(entry.Item.Id) || missing.Count > 0);
        }
        while (!_journal.IsLoaded || _journal.Changes != changes);
        events = [.. events.Where(e => missing.Contains(e.Id))];
        if (events.Count > 0)
            await _journal.AppendAsync(events);
        else
            // Published again because a crash took the answer, and maybe the hand-over to the webhooks too.
            HandOver();
    }

    public async Task<Subscription> SubscribeAsync(IStatusObserver observer, Cursor? since, IReadOnlyList<string>? videos = null)
    {
        await _journal.LoadAsync();
        // Registered first, with the end as it is now: an entry that comes while the past is read is pushed and not read.
        _sockets.Listen(observer);
        var cursor = End;
        var mode = StatusRules.Start(since, cursor, _journal.Begin, isFiltered: videos is not null);
        if (mode is SubscriptionMode.Replay)
        {
            var missed = new MissedEntries(since!.Value, cursor, videos);
            await ScanAsync(cursor, missed.Add);
            (mode, var entries) = missed.ToReplay(_media);
            if (mode is SubscriptionMode.Replay)
                return new Subscription(mode, cursor, entries);
        }

        var known = since is { Offset: > 0 } at && !StatusRules.IsLost(at, cursor) ? at.Offset : long.MaxValue;
        var latest = new LatestPerVideo(videos, known);
        await ScanAsync(cursor, latest.Add);
        return new Subscription(mode, cursor, latest.InOrder());
    }

    public async Task<JournalPage> ReadAsync(Cursor after, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        await _journal.LoadAsync();
        var end = End;
        var isLost = StatusRules.IsLost(after, end);
        return Page(isLost, end, await _journal.ReadForwardsAsync(isLost ? 0 : after.Offset, limit));
    }

    public async Task<bool> KnowsAsync(IReadOnlyList<string> videoIds)
    {
        await _journal.LoadAsync();
        var unknown = videoIds.ToHashSet();
        if (unknown.Count > 0)
            await _journal.ScanBackwardsAsync(long.MaxValue, entry => !unknown.Remove(entry.Item.VideoId) || unknown.Count > 0);
        return unknown.Count == 0;
    }

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<StatusEvent>().ResumeAsync(this);

    public Task OnNextAsync(StatusEvent item, StreamSequenceToken? token = null)
    {
        PushProgress(item);
        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex)
    {
        LogProgressStreamFailed(ex, this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    private Cursor End => new(_journal.Epoch.Length > 0 ? _journal.Epoch : StatusRules.EmptyEpoch, _journal.End);

    private static JournalPage Page(bool isLost, Cursor end, IReadOnlyList<LogItem<StatusEvent>> items) =>
        new(isLost, end, [.. items.Select(item => new JournalEntry(item.Offset, item.Item))]);

    /// <summary>Up to <paramref name="end"/>, newest first, until <paramref name="wantsMore"/> says no.</summary>
    private Task ScanAsync(Cursor end, Func<JournalEntry, bool> wantsMore) =>
        _journal.ScanBackwardsAsync(end.Offset + 1, item => wantsMore(new JournalEntry(item.Offset, item.Item)));

    private async Task<JournalEntry[]> ReadUpToAsync(long after, Cursor end)
    {
        var items = await _journal.ReadForwardsAsync(after);
        return [.. items.Where(item => item.Offset <= end.Offset).Select(item => new JournalEntry(item.Offset, item.Item))];
    }

    private void PushEntries(IReadOnlyList<LogItem<StatusEvent>> items)
    {
        foreach (var item in items)
        {
            _progress.Observe(item.Item);
            Await(item.Item);
        }

        _presence.MoveTo(End);
        if (_sockets.Any)
        {
            var epoch = _journal.Epoch;
            JournalEntry[] entries = [.. items.Select(item => new JournalEntry(item.Offset, item.Item))];
            _sockets.Notify(observer => observer.OnEntriesAsync(epoch, entries));
        }

        HandOver();
    }

    private void PushProgress(StatusEvent progress)
    {
        if (_sockets.Any && _progress.Passes(progress))
            _sockets.Notify(observer => observer.OnProgressAsync(progress));
    }
}
