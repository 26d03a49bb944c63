using Orleans.Storage;

namespace Ingestion.Grains.Storage;

/// <summary>
/// An append-only log of one grain, kept in grain storage as segments of fixed capacity: an append rewrites the newest segment only, so it
/// costs one small write however long the log is. Appends that arrive while a write is under way share the next one (group commit).
/// Offset = segment number × capacity + place + 1, without gaps.
/// All calls come from turns of the owning activation, which is what makes the state safe without locks; the grain must be reentrant for
/// group commit to happen.
/// </summary>
internal sealed partial class SegmentedLog<T>(IGrainStorage storage, GrainId owner, string name, int capacity, LogRetention<T>? retention = null)
    where T : class
{
    private readonly string _headName = name + "-head";
    private readonly List<PendingWrite> _pending = [];
    private LogRecord<LogHead>? _head;
    private LogRecord<LogSegment<T>>? _tail;
    private Task _loading = Task.CompletedTask;
    private Task _writing = Task.CompletedTask;
    private (string? Head, string? Tail)? _dropped;
    private int _failures;

    /// <summary>Called once for each durable run of appended items, in order, before their appenders continue.</summary>
    public Action<IReadOnlyList<LogItem<T>>>? Committed { get; init; }

    /// <summary>
    /// Items from this offset on stay in storage, whatever the retention is, as far as it allows that: a reader has not seen them yet. Only
    /// <see cref="ReadHeldAsync"/> reads items kept for this reason alone.
    /// </summary>
    public long KeepFrom { get; set; } = long.MaxValue;

    /// <summary>False before the first load, and after a failed write until it is read again.</summary>
    public bool IsLoaded => _head is not null && _tail is not null;

    /// <summary>
    /// The log was written to since this activation read it, by another one or by a write whose answer did not come: what is appended from then on may be
    /// in it already.
    /// </summary>
    public bool IsChangedElsewhere => Changes > 0;

    /// <summary>How often that was found.</summary>
    public int Changes { get; private set; }

    /// <summary>Items that are held in memory. May be read by any thread.</summary>
    public int HeldItems => _tail?.State.Items.Count ?? 0;

    /// <summary>The log's name; empty until something was appended.</summary>
    public string Epoch => Loaded.Head.State.Epoch;

    /// <summary>Offset of the newest durable item; 0 when there is none.</summary>
    public long End => Loaded.Head.State.Last * capacity + Loaded.Tail.State.Items.Count;

    /// <summary>
    /// Offset of the oldest item kept, or the one to come when there is none. What is not kept any more is not read from that moment on; its
    /// segments go from storage with the next append.
    /// </summary>
    public long Begin => First * capacity + 1;

    /// <summary>Items of the newest segment, the ones a redelivery most likely repeats.</summary>
    public IEnumerable<LogItem<T>> Tail => Items(Loaded.Head.State.Last, Loaded.Tail.State);

    private long First => retention?.FirstKept(Loaded.Head.State) ?? Loaded.Head.State.First;

    private long FirstStored(LogHead head)
    {
        if (retention is null)
            return head.First;
        return KeepFrom == long.MaxValue ? retention.FirstKept(head) : retention.FirstStored(head, SegmentOf(KeepFrom));
    }

    private (LogRecord<LogHead> Head, LogRecord<LogSegment<T>> Tail) Loaded =>
        _head is { } head && _tail is { } tail ? (head, tail) : throw new InvalidOperationException("The log is not loaded.");

    /// <summary>Reads the head and the newest segment. Does nothing once loaded.</summary>
    public Task LoadAsync()
    {
        if (IsLoaded)
            return Task.CompletedTask;
        // One load at a time: a slower second one would put what it read before a write in the place of what was written.
        if (_loading.IsCompleted)
            _loading = ReadAsync();
        return _loading;
    }

    /// <summary>Appends items in order; returns the offset of the first once all are durable.</summary>
    public Task<long> AppendAsync(IReadOnlyList<T> items) => WriteAsync(new PendingWrite(items) { Failures = _failures });

    /// <summary>Removes the segments that hold nothing from <paramref name="offset"/> on; the newest one stays. One write, and one for each segment.</summary>
    public async Task TrimAsync(long offset)
    {
        await LoadAsync();
        if (SegmentOf(Math.Min(offset, End)) > Loaded.Head.State.First)
            await WriteAsync(new PendingWrite([]) { Trimmed = offset });
    }

    /// <summary>Removes the log. Nothing may be written to it at the same time.</summary>
    public async Task RemoveAsync()
    {
        await WaitForWritesAsync();
        await LoadAsync();
        var head = Loaded.Head;
        (_head, _tail) = (null, null);
        // The head goes last: a removal that a crash interrupts can be repeated.
        for (var segment = head.State.First; segment <= head.State.Last; segment++)
        {
            var content = await ReadSegmentAsync(segment);
            if (content.RecordExists)
                await storage.ClearStateAsync(SegmentName(segment), owner, content);
        }

        if (head.RecordExists)
            await storage.ClearStateAsync(_headName, owner, head);
    }

    /// <summary>Completes when what was being written has been, or has failed. Never throws.</summary>
    public Task WaitForWritesAsync() => _writing;

    /// <summary>Clears the item at <paramref name="offset"/>; its place stays. Offsets outside the log are harmless.</summary>
    public async Task ClearAsync(long offset)
    {
        await LoadAsync();
        if (offset >= Begin && offset <= End)
            await WriteAsync(new PendingWrite([]) { Cleared = offset });
    }

    /// <summary>Removes the log as a whole; what is appended later begins another one.</summary>
    public Task EraseAsync() => WriteAsync(new PendingWrite([]) { Erases = true });

    private async Task ReadAsync()
    {
        var head = new LogRecord<LogHead>();
        await storage.ReadStateAsync(_headName, owner, head);
        var tail = await ReadSegmentAsync(head.State.Last);
        // What no head knows was never acknowledged, or is of a log that has lost its head.
        (_head, _tail) = (head, head.RecordExists ? tail : Emptied(tail));
        if (_dropped is { } before && before != (head.ETag, tail.ETag))
            Changes++;
        _dropped = null;
        // An idle log keeps nothing of how it was read.
        _loading = Task.CompletedTask;
    }

    private Task<long> WriteAsync(PendingWrite write)
    {
        _pending.Add(write);
        if (_writing.IsCompleted)
            _writing = WritePendingAsync();
        return write.Done.Task;
    }

    /// <summary>The only writer. It never throws: each batch's appenders get its exception.</summary>
    private async Task WritePendingAsync()
    {
        while (_pending.Count > 0)
        {
            var batch = _pending.ToArray();
            _pending.Clear();
            try
            {
                await WriteBatchAsync(batch);
            }
#pragma warning disable CA1031 // Whatever the storage throws belongs to the appenders of this batch.
            catch (Exception e)
#pragma warning restore CA1031
            {
                // What reached the disk is unknown now: read it again before the next write.
                if (IsLoaded)
                    _dropped = (_head!.ETag, _tail!.ETag);
                (_head, _tail) = (null, null);
                _failures++;
                if (e is InconsistentStateException)
                {
                    // Another activation has this log, and callers that lost patience with this one may have given it what waits here.
                    Changes++;
                    batch = [.. batch, .. _pending];
                    _pending.Clear();
                }

                foreach (var write in batch)
                    write.Done.TrySetException(e);
            }
        }
    }

    private async Task WriteBatchAsync(PendingWrite[] batch)
    {
        var seen = Changes;
        await LoadAsync();
        if (Changes != seen && batch.Any(write => write.Items.Count > 0 && write.Failures < _failures))
            throw new InconsistentStateException("The log was written to elsewhere while these appends waited.");
        if (batch.Any(write => write.Erases))
            await EraseAllAsync();
        foreach (var write in batch.Where(write => write.Cleared > 0))
            await ClearPlaceAsync(write.Cleared);
        if (batch.Select(write => write.Rewrite).OfType<Func<T, T>>().ToArray() is { Length: > 0 } changes)
            await RewriteAllAsync(changes);
        if (SegmentOf(Math.Min(batch.Max(write => write.Trimmed), End)) is var first && first > Loaded.Head.State.First)
            await MoveHeadAsync(NextHead(full: null, first), Loaded.Tail);

        var start = End + 1;
        var added = batch.SelectMany(write => write.Items).ToArray();
        for (var written = 0; written < added.Length;)
            written += await AppendToTailAsync(added.AsMemory(written));

        if (added.Length > 0)
            Committed?.Invoke([.. added.Select((item, i) => new LogItem<T>(start + i, item))]);
        foreach (var write in batch)
        {
            write.Done.TrySetResult(start);
            start += write.Items.Count;
        }
    }

    /// <summary>As many of the items as the newest segment has room for, or a new one when it is full; how many.</summary>
    private async Task<int> AppendToTailAsync(ReadOnlyMemory<T> items)
    {
        if (Loaded.Tail.State.Items.Count == capacity)
            await StartSegmentAsync();
        else
            await PrepareHeadAsync();

        var (head, tail) = Loaded;
        var fitting = items[..Math.Min(items.Length, capacity - tail.State.Items.Count)];
        var next = tail.Next(new LogSegment<T> { Items = [.. tail.State.Items, .. fitting.Span] });
        await storage.WriteStateAsync(SegmentName(head.State.Last), owner, next);
        _tail = next;
        return fitting.Length;
    }

    /// <summary>
    /// The new segment is stored, empty, before the head names it: a newest segment that is missing is lost. What is there already is of a start
    /// that failed, or of a log that has lost its head: it was never acknowledged, as only one writer can move the head, and is written over.
    /// </summary>
    private async Task StartSegmentAsync()
    {
        var number = Loaded.Head.State.Last + 1;
        var segment = new LogRecord<LogSegment<T>>();
        try
        {
            await storage.WriteStateAsync(SegmentName(number), owner, segment);
        }
        catch (InconsistentStateException)
        {
            segment = Emptied(await ReadSegmentAsync(number));
        }

        await MoveHeadAsync(NextHead(Loaded.Tail.State), segment);
    }

    /// <summary>
    /// The head of the first item, or a head that drops old segments. If the newest segment is lost, so are offsets that readers have seen: what
    /// comes next must not pass for what they have, and the log continues under another name.
    /// </summary>
    private async Task PrepareHeadAsync()
    {
        var (head, tail) = Loaded;
        if (head.RecordExists && !tail.RecordExists)
            await MoveHeadAsync(NextHead(full: null) with { Epoch = NewEpoch() }, tail);
        else if (!head.RecordExists || FirstStored(head.State) != head.State.First)
            await MoveHeadAsync(NextHead(full: null), tail);
    }

    /// <summary>Stores the head, and lets those segments go that are not kept any more.</summary>
    private async Task MoveHeadAsync(LogHead to, LogRecord<LogSegment<T>> tail)
    {
        var head = Loaded.Head;
        var next = head.Next(to);
        await storage.WriteStateAsync(_headName, owner, next);
        (_head, _tail) = (next, tail);

        // After the head: a crash in between leaves an unreachable segment, not a head that promises a missing one.
        for (var gone = head.State.First; gone < to.First; gone++)
            await storage.ClearStateAsync(SegmentName(gone), owner, await ReadSegmentAsync(gone));
    }

    private LogHead NextHead(LogSegment<T>? full, long first = 0)
    {
        var head = Loaded.Head.State;
        var next = new LogHead
        {
            Epoch = head.Epoch.Length > 0 ? head.Epoch : NewEpoch(),
            First = Math.Max(head.First, first),
            Last = full is null ? head.Last : head.Last + 1,
            Ends = full is null || retention is null ? head.Ends : retention.EndsAfter(head, full),
        };
        next.First = FirstStored(next);
        next.Ends = [.. next.Ends.TakeLast((int)(next.Last - next.First))];
        return next;
    }

    private async Task ClearPlaceAsync(long offset)
    {
        var segment = SegmentOf(offset);
        var isTail = segment == Loaded.Head.State.Last;
        var old = isTail ? Loaded.Tail : await ReadSegmentAsync(segment);
        var place = (int)((offset - 1) % capacity);
        if (place >= old.State.Items.Count || old.State.Items[place] is null)
            return;
        List<T?> items = [.. old.State.Items];
        items[place] = null;
        var next = old.Next(new LogSegment<T> { Items = items });
        await storage.WriteStateAsync(SegmentName(segment), owner, next);
        if (isTail)
            _tail = next;
    }

    private async Task<LogRecord<LogSegment<T>>> ReadSegmentAsync(long segment)
    {
        var record = new LogRecord<LogSegment<T>>();
        await storage.ReadStateAsync(SegmentName(segment), owner, record);
        return record;
    }

    private IEnumerable<LogItem<T>> Items(long segment, LogSegment<T> content)
    {
        for (var place = 0; place < content.Items.Count; place++)
        {
            if (content.Items[place] is { } item)
                yield return new LogItem<T>(segment * capacity + place + 1, item);
        }
    }

    /// <summary>As it is stored, but with nothing in it.</summary>
    private static LogRecord<LogSegment<T>> Emptied(LogRecord<LogSegment<T>> segment) => segment.Next(new LogSegment<T>());

    private static string NewEpoch() => Guid.NewGuid().ToString("N")[..8];

    private long SegmentOf(long offset) => offset <= 0 ? 0 : (offset - 1) / capacity;

    private string SegmentName(long segment) => $"{name}-{segment}";

    private sealed record PendingWrite(IReadOnlyList<T> Items)
    {
        /// <summary>How many writes had failed when it came.</summary>
        public int Failures { get; init; }

        /// <summary>The place to be cleared; 0: none.</summary>
        public long Cleared { get; init; }

        /// <summary>Segments before this offset go; 0: none does.</summary>
        public long Trimmed { get; init; }

        /// <summary>What becomes of each item; null: it stays.</summary>
        public Func<T, T>? Rewrite { get; init; }

        /// <summary>Whether the log goes as a whole.</summary>
        public bool Erases { get; init; }

        // Asynchronously, so that an appender's code runs in a turn of its own and not inside the writer's.
        public TaskCompletionSource<long> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
