using Ingestion.Backends.Disk;
using Ingestion.Backends.JobQueue.Watch;
using Ingestion.Videos;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Backends.JobQueue.Files;

/// <summary>
/// A queue in this process that survives its death: the ledger in memory answers, the journal on disk remembers. What a caller got an answer
/// for is flushed; attempts and delays are written before they are answered but not flushed, so only a machine's crash forgets one.
/// After a restart every job that was in flight is visible at once: its worker died with the process.
/// </summary>
internal sealed partial class FileJobQueue : IJobQueue, IDeadLetters, IQueueHealth, IAsyncDisposable
{
    private readonly JobSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TimeSpan _poll;
    private readonly long _openedAt;
    private readonly string _session = Guid.NewGuid().ToString("N");
    private readonly QueueFolder _folder;
    private readonly JobJournal _journal;

    private readonly Lock _gate = new();
    private readonly JobLedger _ledger = new();
    private TaskCompletionSource _changed = NewSignal();
    private bool _closed;

    /// <summary>Locks the folder and reads what an earlier process left in it.</summary>
    public FileJobQueue(IOptions<FileJobQueueOptions> options, JobSource source, TimeProvider time, ILogger<FileJobQueue> logger)
    {
        (_source, _time, _logger, _openedAt) = (source, time, logger, time.GetTimestamp());
        _poll = TimeSpan.FromSeconds(options.Value.PollSeconds);
        _folder = new QueueFolder(options.Value.Path);
        try
        {
            var now = time.GetUtcNow();
            var tail = JournalReader.Read(_folder.JournalPath, record => _ledger.Replay(record, now));
            _journal = new JobJournal(_folder.JournalPath, tail, Snapshot, OnCommitted, logger);
        }
        catch
        {
            _folder.Dispose();
            throw;
        }

        LogOpened(_folder.JournalPath, _ledger.Count);
    }

    private TimeSpan Now => _time.GetElapsedTime(_openedAt);

    public async Task EnqueueAsync(VideoJob job, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var span = JobSpans.Send("file", "jobs", job);
        long id;
        lock (_gate)
            id = _ledger.NextId();
        var record = new JournalRecord(JournalOp.Put, id, _source.Sign(job), At: _time.GetUtcNow());
        await _journal.AppendAsync(record, flush: true).WaitAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<ReceivedJob>> ReceiveAsync(int max, TimeSpan visibility, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, 10);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(visibility, TimeSpan.Zero);
        var deadline = Now + _poll;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<TakenJob> taken;
            Task changed;
            TimeSpan now, next;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                now = Now;
                taken = _ledger.Take(now, max, visibility);
                changed = _changed.Task;
                next = _ledger.NextVisible is { } visible && visible < deadline ? visible : deadline;
            }

            if (taken.Count > 0 || now >= deadline)
                return await DeliverAsync(taken);
            await WaitAsync(changed, next - now, cancellationToken);
        }
    }

    public Task ExtendAsync(ReceivedJob job, TimeSpan visibility, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(visibility, TimeSpan.Zero);
        lock (_gate)
        {
            // A waiting receiver sleeps until the job's old time; a new one may be earlier.
            if (TryParse(job, out var receipt) && _ledger.Extend(receipt.Id, receipt.Attempt, Now + visibility))
                SignalChange();
        }

        return Task.CompletedTask;
    }

    public async Task CompleteAsync(ReceivedJob job, CancellationToken cancellationToken)
    {
        if (Find(job) is { } found)
            await _journal.AppendAsync(new JournalRecord(JournalOp.Done, found.Receipt.Id), flush: true).WaitAsync(cancellationToken);
    }

    public async Task AbandonAsync(ReceivedJob job, TimeSpan delay, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        DateTimeOffset? until = delay > TimeSpan.Zero ? _time.GetUtcNow() + delay : null;
        JobReceipt receipt;
        lock (_gate)
        {
            if (!TryParse(job, out receipt) || !_ledger.Return(receipt.Id, receipt.Attempt, Now + delay, until))
                return;
            SignalChange();
        }

        if (until is not null)
            await NoteAsync(new JournalRecord(JournalOp.Delay, receipt.Id, Until: until));
    }

    public async Task DeadLetterAsync(ReceivedJob job, string reason, CancellationToken cancellationToken)
    {
        if (Find(job) is not { } found)
            return;
        var letter = new StoredLetter(found.Receipt.Id, found.Job, found.Receipt.Attempt, reason, _time.GetUtcNow());
        // The letter first: a crash in between delivers the job once more, the other order would lose it.
        await DurableDisk.RunAsync((_folder, letter), static state => { state._folder.WriteDeadLetter(state.letter); return true; }, cancellationToken);
        await _journal.AppendAsync(new JournalRecord(JournalOp.Dead, letter.Id), flush: true).WaitAsync(cancellationToken);
        LogDeadLettered(letter.Id, letter.Job.VideoId, letter.Attempt, reason);
    }

    public Task<long> CountAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult((long)_ledger.Count);
    }

    public Task<DateTimeOffset?> OldestAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_ledger.OldestAt);
    }

    public Task<JobFigures> ReadFiguresAsync(int max, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_ledger.Figures("file", Now, max));
    }

    public QueueHealth Read() => _journal.IsFailing ? new(Works: false, "the journal can't be written") : new(Works: true, "journal open");

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            SignalChange();
        }

        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<IReadOnlyList<ReceivedJob>> DeliverAsync(List<TakenJob> taken)
    {
        foreach (var job in taken.Where(job => job.Returned))
            LogReturned(job.Id, job.Job.VideoId, job.Attempt);
        await Task.WhenAll(taken.Select(job => NoteAsync(new JournalRecord(JournalOp.Try, job.Id, Attempt: job.Attempt))));
        return taken.ConvertAll(job => new ReceivedJob(
            job.Job, new JobReceipt(_session, job.Id, job.Attempt).ToString(), job.Attempt) { EnqueuedAt = job.EnqueuedAt });
    }

    /// <summary>Writes what is good to know after a restart but no reason to fail: work must continue on a full disk, as it may free space.</summary>
    private async Task NoteAsync(JournalRecord record)
    {
        try
        {
            await _journal.AppendAsync(record, flush: false);
        }
        catch (IOException)
        {
            // The journal has logged it.
        }
    }

    private async Task WaitAsync(Task changed, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Timers count whole milliseconds; firing just before the time would only spin.
        var whole = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        await Task.WhenAny(changed, Task.Delay(whole, _time, waiting.Token));
        await waiting.CancelAsync();
    }

    private List<JournalRecord> Snapshot()
    {
        lock (_gate)
            return _ledger.Snapshot();
    }

    private void OnCommitted(IEnumerable<JournalRecord> records)
    {
        lock (_gate)
        {
            var arrived = false;
            foreach (var record in records)
            {
                if (record is { Op: JournalOp.Put, Job: { } job })
                    _ledger.Add(record.Id, job, Now, record.At ?? _time.GetUtcNow());
                else if (record.Op is JournalOp.Done or JournalOp.Dead)
                    _ledger.Remove(record.Id);
                arrived |= record.Op == JournalOp.Put;
            }

            if (arrived)
                SignalChange();
        }
    }

    private (JobReceipt Receipt, VideoJob Job)? Find(ReceivedJob job)
    {
        lock (_gate)
            return TryParse(job, out var receipt) && _ledger.Find(receipt.Id, receipt.Attempt) is { } found ? (receipt, found) : null;
    }

    private bool TryParse(ReceivedJob job, out JobReceipt receipt) => JobReceipt.TryParse(job.Receipt, out receipt) && receipt.Session == _session;

    private void SignalChange()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
