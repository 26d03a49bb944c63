using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Sockets;
using Ingestion.Connections;
using Ingestion.Status;

namespace Ingestion.Api.Status.Lanes;

/// <summary>
/// The one writer of a socket. An idle one has no task and no buffer: adding the first frame starts the writing, which continues as long
/// as there is something. Critical frames go at once and take along what waits; states and progress do when nothing else has just gone,
/// otherwise they wait a moment for company.
/// </summary>
internal sealed class SocketWriter(PipeWriter output, TimeProvider time, SocketMetrics metrics, FrameCodec codec, QueueBudget budget)
{
    // Between two batches. Long enough for the states of one job's start to leave in two, too short to be seen.
    private static readonly TimeSpan _shortBatch = TimeSpan.FromMilliseconds(20);

    // While memory is short: a state that lasts for less is seen merged into the next one.
    private static readonly TimeSpan _longBatch = TimeSpan.FromSeconds(1);

    // Long beside the time that a batch takes to a client that reads.
    private static readonly TimeSpan _slow = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SocketLanes _lanes = new(time, codec, budget);
    private long _wroteAt = long.MinValue / 2;
    private long _began = long.MinValue / 2;
    private bool _writing;
    private bool _delayed;
    private bool _ending;
    private bool? _sentAll;
    private TaskCompletionSource<bool>? _awaited;

    private TimeSpan Batch => budget.Coalesces ? _longBatch : _shortBatch;

    public LaneDepths Depths
    {
        get
        {
            lock (_gate)
                return _lanes.Depths;
        }
    }

    /// <summary>The last batch is not through yet, and more waits behind it.</summary>
    public bool IsSlow
    {
        get
        {
            lock (_gate)
                return _writing && !_lanes.IsEmpty && time.GetElapsedTime(Math.Max(_began, _wroteAt)) > _slow;
        }
    }

    public long Dropped
    {
        get
        {
            lock (_gate)
                return _lanes.Dropped;
        }
    }

    /// <summary>A frame of this socket's own.</summary>
    public SendOutcome Send(byte[] frame, Cursor? chainTo = null)
    {
        lock (_gate)
        {
            if (!_ending && _lanes.Add(frame, chainTo) is var outcome and not SendOutcome.Queued)
                return outcome;
        }

        Start();
        return SendOutcome.Queued;
    }

    /// <summary>A frame with the cursor of the client.</summary>
    public SendOutcome SendPlace(byte[] frame)
    {
        lock (_gate)
        {
            if (!_ending && _lanes.AddPlace(frame) is var outcome and not SendOutcome.Queued)
                return outcome;
        }

        Start();
        return SendOutcome.Queued;
    }

    /// <summary>A part of a snapshot, whose size is bounded by what the journal keeps.</summary>
    public void SendSnapshot(byte[] part, Cursor chainTo)
    {
        lock (_gate)
        {
            if (!_ending)
                _lanes.AddSnapshot(part, chainTo);
        }

        Start();
    }

    /// <summary>A journalled event. It goes with the next <see cref="Flush"/>, so that those which come together leave together.</summary>
    public SendOutcome Add(Cursor cursor, StatusEvent e, bool replay)
    {
        lock (_gate)
            return _ending ? SendOutcome.Queued : _lanes.Add(cursor, e, replay);
    }

    /// <summary>Sends what was added.</summary>
    public void Flush() => Start();

    /// <summary>Progress; may be dropped.</summary>
    public void SendProgress(StatusEvent e)
    {
        lock (_gate)
        {
            if (_ending)
                return;
            _lanes.AddProgress(e);
        }

        Start();
    }

    /// <summary>A frame that many sockets get. On an idle one it costs no more than its copy.</summary>
    public SendOutcome SendShared(byte[] frame)
    {
        bool alone;
        lock (_gate)
        {
            if (_ending)
                return SendOutcome.Queued;
            alone = !_writing && _lanes.IsEmpty;
            if (!alone && _lanes.Add(frame) is var outcome and not SendOutcome.Queued)
                return outcome;
            if (alone)
                Begin();
        }

        if (!alone)
        {
            Start();
            return SendOutcome.Queued;
        }

        Copy(frame);
        _ = FinishAsync();
        return SendOutcome.Sent;
    }

    /// <summary>Sends what waits, then these, and nothing after them.</summary>
    public void End(params ReadOnlySpan<byte[]> last)
    {
        lock (_gate)
        {
            if (_ending)
                return;
            _ending = true;
            foreach (var frame in last)
                _lanes.AddLast(frame);
        }

        Start();
    }

    /// <summary>Completes when the last frame has gone to the connection (true), or that takes no more.</summary>
    public Task<bool> EndedAsync()
    {
        lock (_gate)
        {
            if (_sentAll is { } sentAll)
                return Task.FromResult(sentAll);
            _awaited ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _awaited.Task;
        }
    }

    /// <summary>The connection has gone, or is to go whatever waits.</summary>
    public void Abandon() => Conclude(sentAll: false);

    /// <summary>The first end counts.</summary>
    private void Conclude(bool sentAll)
    {
        lock (_gate)
        {
            _ending = true;
            _sentAll ??= sentAll;
            _lanes.Clear();
            _awaited?.TrySetResult(_sentAll.Value);
        }
    }

    /// <summary>Has what was added written: at once, after a moment, or by the present writer.</summary>
    private void Start()
    {
        lock (_gate)
        {
            if (_writing)
                return;
            if (!_lanes.IsUrgent && !_ending && Batch - time.GetElapsedTime(_wroteAt) is var wait && wait > TimeSpan.Zero)
            {
                Delay(wait);
                return;
            }

            Begin();
        }

        _ = WriteAsync();
    }

    private void Begin() => (_writing, _began) = (true, time.GetTimestamp());

    /// <summary>One task of its own, and only while something waits that may.</summary>
    private void Delay(TimeSpan wait)
    {
        if (_delayed)
            return;
        _delayed = true;
        _ = WriteLaterAsync(wait);
    }

    private async Task WriteLaterAsync(TimeSpan delay)
    {
        await Task.Delay(delay, time);
        lock (_gate)
        {
            _delayed = false;
            if (_writing)
                return;
            Begin();
        }

        await WriteAsync();
    }

    /// <summary>After a frame that was written past the lanes. On a reader that keeps up nothing of it is asynchronous.</summary>
    private async Task FinishAsync()
    {
        if (await FlushAsync() && !IsDone())
            await WriteAsync();
    }

    private bool IsDone()
    {
        lock (_gate)
        {
            _writing = !_lanes.IsEmpty || _ending;
            return !_writing;
        }
    }

    /// <summary>Until nothing is left that may go now. Never throws.</summary>
    private async Task WriteAsync()
    {
        while (Take() is { } frames)
        {
            foreach (var frame in frames)
            {
                Copy(frame.Bytes);
                metrics.Sent(frame.Lane);
            }

            if (!await FlushAsync())
                return;
        }
    }

    private List<OutgoingFrame>? Take()
    {
        lock (_gate)
        {
            _lanes.Flushed();
            var frames = _lanes.Take();
            if (frames.Count > 0)
            {
                _wroteAt = time.GetTimestamp();
                return frames;
            }

            _writing = false;
            if (_ending)
                Conclude(sentAll: true);
            else if (_lanes.NextProgress() is { } wait)
                Delay(wait > _shortBatch ? wait : _shortBatch);
            return null;
        }
    }

    private void Copy(ReadOnlySpan<byte> frame)
    {
        using var small = SmallBlocks.For(frame.Length);
        try
        {
            output.Write(frame);
        }
        catch (InvalidOperationException)
        {
            // The server has taken the connection away; the flush reports it too.
        }
    }

    /// <summary>False when the connection takes no more.</summary>
    private async ValueTask<bool> FlushAsync()
    {
        try
        {
            if (!(await output.FlushAsync()).IsCompleted)
                return true;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or SocketException or OperationCanceledException)
        {
            // The peer, or the server, has ended it.
        }

        metrics.SendFailed();
        Abandon();
        return false;
    }
}
