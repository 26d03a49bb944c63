using System.Buffers;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Ingestion.Backends.JobQueue.Files;

/// <summary>
/// The append-only file behind the queue. Appends that arrive while a write is under way share the next write and its flush (group commit).
/// One writer at a time touches the file, and only while there is something to write; so all fields below <see cref="_gate"/>'s need no lock.
/// </summary>
internal sealed partial class JobJournal : IAsyncDisposable
{
    // Below this a rewrite saves nothing worth its flush; above, a journal is at most four times what it must hold.
    private const int FewRecords = 1024;
    private const int GarbageFactor = 4;
    private const int WriteSize = 64 * 1024;

    private readonly Lock _gate = new();
    private List<Pending> _pending = [];
    private bool _writing;
    private bool _closed;
    private Task _writer = Task.CompletedTask;

    private readonly string _path;
    private readonly Func<List<JournalRecord>> _snapshot;
    private readonly Action<IEnumerable<JournalRecord>> _committed;
    private readonly ILogger _logger;
    private readonly JournalLine _line = new();
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private SafeFileHandle? _file;
    private long _length;
    private long _durable;
    private int _records;
    private int _jobs;
    private int _compactAt = FewRecords;
    private bool _suspect;
    private volatile bool _failing;

    /// <summary>Opens the journal for appending behind what was read of it, and compacts it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tail">How far it was whole.</param>
    /// <param name="snapshot">What a new journal must hold, all committed records included; called by the writer.</param>
    /// <param name="committed">Called by the writer with each run of committed records, in order, before their appenders continue.</param>
    /// <param name="logger">Where transitions go.</param>
    public JobJournal(string path, JournalTail tail, Func<List<JournalRecord>> snapshot, Action<IEnumerable<JournalRecord>> committed, ILogger logger)
    {
        (_path, _snapshot, _committed, _logger) = (path, snapshot, committed, logger);
        if (tail.GoodLength == 0)
        {
            Rewrite();
            return;
        }

        _file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        if (tail.FileLength > tail.GoodLength)
        {
            LogTornTail(path, tail.FileLength - tail.GoodLength, tail.GoodLength);
            RandomAccess.SetLength(_file, tail.GoodLength);
        }

        RandomAccess.FlushToDisk(_file);
        (_length, _durable, _records) = (tail.GoodLength, tail.GoodLength, tail.Records);
        Compact();
    }

    /// <summary>Whether the last write failed.</summary>
    public bool IsFailing => _failing;

    /// <summary>Returns once the record is written and, when <paramref name="flush"/> is set, on disk.</summary>
    /// <exception cref="IOException">It could not be written; the journal is as if it had never been tried.</exception>
    public Task AppendAsync(JournalRecord record, bool flush)
    {
        var pending = new Pending(record, flush);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _pending.Add(pending);
            if (!_writing)
            {
                _writing = true;
                _writer = Task.Run(WriteAll);
            }
        }

        return pending.Done.Task;
    }

    /// <summary>Finishes what was begun and lets the file go.</summary>
    public async ValueTask DisposeAsync()
    {
        Task writer;
        lock (_gate)
        {
            _closed = true;
            writer = _writer;
        }

        await writer;
        _file?.Dispose();
    }

    private void WriteAll()
    {
        while (true)
        {
            List<Pending> batch;
            lock (_gate)
            {
                if (_pending.Count == 0)
                {
                    _writing = false;
                    return;
                }

                (batch, _pending) = (_pending, []);
            }

            Commit(batch);
        }
    }

    private void Commit(List<Pending> batch)
    {
        try
        {
            Write(batch);
        }
        catch (Exception exception)
        {
            // Every caller that waits must get the failure: nothing else watches this task.
            Undo(exception);
            foreach (var pending in batch)
                pending.Done.SetException(exception);
            return;
        }

        if (_failing)
            LogRecovered(_path);
        _failing = false;
        _committed(batch.Select(pending => pending.Record));
        foreach (var pending in batch)
            pending.Done.SetResult();
        if (_records > Math.Max(_compactAt, GarbageFactor * _jobs))
            Compact();
    }

    private void Write(List<Pending> batch)
    {
        if (_suspect)
            Rewrite();
        _buffer.ResetWrittenCount();
        foreach (var pending in batch)
            _line.Write(_buffer, pending.Record, _durable);
        RandomAccess.Write(_file!, _buffer.WrittenSpan, _length);
        var length = _length + _buffer.WrittenCount;
        if (batch.Exists(pending => pending.Flush))
        {
            // After a failed flush it is unknown which pages are on disk, and a second flush would not report it: only a new file can be trusted.
            _suspect = true;
            RandomAccess.FlushToDisk(_file!);
            _suspect = false;
            _durable = length;
        }

        (_length, _records) = (length, _records + batch.Count);
        _jobs += batch.Sum(pending => pending.Record.Op switch { JournalOp.Put => 1, JournalOp.Done or JournalOp.Dead => -1, _ => 0 });
        if (_buffer.Capacity > 16 * WriteSize)
            _buffer.Clear();
    }

    private void Undo(Exception exception)
    {
        if (!_failing)
            LogWriteFailed(exception, _path);
        _failing = true;
        try
        {
            RandomAccess.SetLength(_file!, _length);
        }
#pragma warning disable CA1031 // Whatever it is: an exception from here would end the only writer, and every job after it would wait for ever.
        catch (Exception)
#pragma warning restore CA1031
        {
            _suspect = true;
        }
    }

    private sealed record Pending(JournalRecord Record, bool Flush)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
