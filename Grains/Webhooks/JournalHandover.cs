using Ingestion.Grains.Storage;
using Ingestion.Status;
using Ingestion.Webhooks;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Webhooks;

/// <summary>Up to where a user's journal was handed over, by the key of the <see cref="IWebhookGrain"/> that took it.</summary>
internal sealed record HandoverState
{
    public IReadOnlyList<HandedOver> Targets { get; init; } = [];

    public Cursor? Of(string target) => Targets.FirstOrDefault(handed => handed.Target == target)?.UpTo;

    public HandoverState With(string target, Cursor upTo) =>
        new() { Targets = [.. Targets.Where(handed => handed.Target != target), new HandedOver(target, upTo)] };
}

/// <summary>A place in the journal.</summary>
/// <param name="Target">The key of the webhooks.</param>
/// <param name="UpTo">They have everything up to here.</param>
internal sealed record HandedOver(string Target, Cursor UpTo);

/// <summary>Webhooks that get entries of the journal.</summary>
/// <param name="Key">Of their grain.</param>
/// <param name="Since">Nothing is for them that happened before; null: they know themselves.</param>
internal sealed record HandoverTarget(string Key, DateTimeOffset? Since = null);

/// <summary>
/// Hands a user's journal over to the webhooks: to each target page by page, in order, from the place up to which it has it durably. An entry
/// is handed over at least once, whatever fails in between; the journal keeps what is not. All calls come from turns of the owning activation.
/// </summary>
internal sealed partial class JournalHandover(
    string user, IHandoverJournal journal, CoalescedState<HandoverState> state, IGrainFactory grains,
    Func<Func<CancellationToken, Task>, GrainTimerCreationOptions, IGrainTimer> registerTimer, ILogger logger)
{
    /// <summary>Entries that are handed over at once.</summary>
    public const int PageSize = 64;

    private readonly Dictionary<string, Run> _runs = [];
    private IReadOnlyList<HandoverTarget> _targets = [];
    private volatile bool _isPending;

    /// <summary>Whether some of the journal is not handed over yet, or that is not known. May be read by any thread.</summary>
    public bool IsPending => _isPending;

    private GrainRetry Retry => field ??= new GrainRetry(registerTimer, RetryAsync);

    /// <summary>The journal has more, or there are other targets.</summary>
    public void Wake(IReadOnlyList<HandoverTarget> targets)
    {
        _targets = targets;
        foreach (var target in targets)
            Start(target);
        if (targets.Count == 0)
            journal.KeepFrom = long.MaxValue;
    }

    /// <summary>Completes when all that was there has been handed over, or has failed to be.</summary>
    public async Task WaitAsync()
    {
        foreach (var run in _runs.Values.ToArray())
            await run.Task;
    }

    /// <summary>The user is erased: the record of what was handed over is removed.</summary>
    public async Task EraseAsync()
    {
        await WaitAsync();
        _runs.Clear();
        _isPending = false;
        await state.ClearAsync();
    }

    private void Start(HandoverTarget target)
    {
        if (!_runs.TryGetValue(target.Key, out var run))
            _runs[target.Key] = run = new Run();
        (run.IsWanted, run.IsPending, _isPending) = (true, true, true);
        if (run.Task.IsCompleted)
            run.Task = HandOverAsync(target, run);
    }

    private Task RetryAsync()
    {
        foreach (var target in _targets.Where(target => _runs.TryGetValue(target.Key, out var run) && run.HasFailed))
            Start(target);
        if (!_runs.Values.Any(run => run.HasFailed))
            Retry.Stop();
        return Task.CompletedTask;
    }

    private async Task HandOverAsync(HandoverTarget target, Run run)
    {
        try
        {
            while (run.IsWanted)
            {
                run.IsWanted = false;
                while (await HandOverPageAsync(target))
                    KeepWhatIsNeeded();
                KeepWhatIsNeeded();
            }

            (run.HasFailed, run.IsPending) = (false, false);
            _isPending = _runs.Values.Any(other => other.IsPending);
        }
#pragma warning disable CA1031 // Grains and storage fail in many ways; what was handed over stands, and the retry continues from there.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!run.HasFailed)
                LogFailed(e, user);
            run.HasFailed = true;
            Retry.StartLater();
        }
    }

    /// <summary>Whether there may be more.</summary>
    private async Task<bool> HandOverPageAsync(HandoverTarget target)
    {
        await state.LoadAsync();
        var handed = state.Value.Of(target.Key);
        var page = await journal.ReadHeldAsync(handed ?? new Cursor(Cursor.EmptyEpoch, 0), PageSize);
        if (page.IsLost)
            LogJournalLost(user);
        if (page.Entries.Count == 0)
            return false;
        var batch = BatchOf(target, handed, page);
        var isOffered = batch.Entries.Count > 0 || batch.Missed is not null || target.Key == user;
        if (isOffered)
            await grains.GetGrain<IWebhookGrain>(target.Key).TakeAsync(batch);
        // Without a write where nothing was for the target: after a crash those entries are looked at again.
        await state.ChangeAsync(known => new StateChange<HandoverState, bool>(known.With(target.Key, batch.UpTo), true, Durable: isOffered));
        return batch.UpTo.Offset < page.End.Offset;
    }

    private JournalBatch BatchOf(HandoverTarget target, Cursor? handed, JournalPage page)
    {
        var (first, last) = (page.Entries[0].Offset, page.Entries[^1].Offset);
        var from = page.IsLost || handed is null ? first - 1 : handed.Value.Offset;
        // What happened before the target was there is not missed.
        var missed = first == from + 1 || page.Entries[0].Event.At < target.Since
            ? null
            : new MissedEntries(page.End with { Offset = from + 1 }, page.End with { Offset = first - 1 });
        IReadOnlyList<JournalEntry> entries = target.Key == user ? page.Entries : [.. page.Entries.Where(entry => IsFor(target, entry.Event))];
        return new JournalBatch(user, page.End with { Offset = last }, entries, missed);
    }

    private static bool IsFor(HandoverTarget target, StatusEvent e) => !(e.At < target.Since) && WebhookKey.Covers(target.Key, e.Tenant);

    /// <summary>The journal may let go what all targets have.</summary>
    private void KeepWhatIsNeeded() =>
        journal.KeepFrom = _targets.Count == 0 ? long.MaxValue : _targets.Min(target => state.Value.Of(target.Key)?.Offset ?? 0) + 1;

    [LoggerMessage(EventName = "HandoverFailed", Level = LogLevel.Warning,
        Message = "Events of user {UserId} could not be handed over to webhooks; they are kept, and it is retried")]
    private partial void LogFailed(Exception exception, string userId);

    [LoggerMessage(EventName = "HandoverJournalLost", Level = LogLevel.Warning,
        Message = "The journal of user {UserId} is lost; its webhooks continue at the beginning of the new one")]
    private partial void LogJournalLost(string userId);

    /// <summary>The way to one target.</summary>
    private sealed class Run
    {
        public Task Task { get; set; } = Task.CompletedTask;

        public bool IsWanted { get; set; }

        public bool IsPending { get; set; }

        public bool HasFailed { get; set; }
    }
}

/// <summary>The journal, as a hand-over sees it.</summary>
internal interface IHandoverJournal
{
    /// <summary>Entries from here on are not let go.</summary>
    long KeepFrom { set; }

    /// <summary>Entries after a place, including entries kept for the hand-over alone.</summary>
    Task<JournalPage> ReadHeldAsync(Cursor after, int limit);
}
