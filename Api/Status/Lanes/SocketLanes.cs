using Ingestion.Api.Status.Codecs;
using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Api.Status.Lanes;

/// <summary>
/// What one socket has still to be sent, bounded. Critical frames and states leave in the order of their offsets, as a client drops what lies
/// behind its last one; of a state that repeats before it was sent the newest stays and counts how many it replaces. Progress waits
/// beside them, only the newest of each video, and goes first when there is too much. Not safe for several threads at once.
/// </summary>
internal sealed class SocketLanes(TimeProvider time, FrameCodec codec, QueueBudget budget)
{
    /// <summary>Critical frames that may wait; one more, and the reader is too slow.</summary>
    public const int MostCritical = 256;

    /// <summary>Bytes of critical frames that may wait.</summary>
    public const int MostCriticalBytes = 256 * 1024;

    /// <summary>States that may wait.</summary>
    public const int MostStates = 256;

    /// <summary>Videos whose progress may wait.</summary>
    public const int MostProgress = 64;

    /// <summary>
    /// What an event takes on the wire, about: as JSON for the owner, with facts and signed addresses, the mean over all events of a video. It is written when
    /// its turn comes, so that what waits can only be estimated.
    /// </summary>
    public const int EventBytes = 832;

    /// <summary>Between two progress events of one video.</summary>
    public static readonly TimeSpan ProgressPeriod = TimeSpan.FromMilliseconds(250);

    /// <summary>The same while memory is short.</summary>
    public static readonly TimeSpan LongProgressPeriod = TimeSpan.FromSeconds(2);

    // None of these while nothing waits: most sockets are idle.
    private LinkedList<Waiting>? _queue;
    private Dictionary<(string VideoId, VideoStatus Status), LinkedListNode<Waiting>>? _states;
    private Dictionary<string, Progress>? _progress;
    private List<OutgoingFrame>? _flight;
    private Load _waiting;
    private Load _flying;

    /// <summary>The newest entry that has been sent: the predecessor that the next one names.</summary>
    public Cursor? Sent { get; private set; }

    /// <summary>Progress events that were superseded or had no room.</summary>
    public long Dropped { get; private set; }

    /// <summary>What waits, and what was taken and has not gone yet.</summary>
    public LaneDepths Depths => new(In(StatusPriority.Critical), In(StatusPriority.State), _progress?.Values.Count(p => p.Newest is not null) ?? 0);

    /// <summary>Whether something waits that must not be held back for a batch.</summary>
    public bool IsUrgent { get; private set; }

    public bool IsEmpty => _queue is null && _progress is null;

    /// <summary>A frame of the protocol, or a frame shared by many sockets. <paramref name="chainTo"/>: the place the next entry follows.</summary>
    public SendOutcome Add(byte[] frame, Cursor? chainTo = null) =>
        AddCritical(new Waiting(StatusPriority.Critical, frame.Length) { Frame = frame, Cursor = chainTo });

    /// <summary>A frame with the cursor of the client: no event after it merges one from before it. The chain of <c>prev</c> passes over it.</summary>
    public SendOutcome AddPlace(byte[] frame)
    {
        _states = null;
        return Add(frame);
    }

    /// <summary>A part of a snapshot, which is bounded already: there always is room.</summary>
    public void AddSnapshot(byte[] part, Cursor chainTo) =>
        AddCritical(new Waiting(StatusPriority.Critical, part.Length) { Frame = part, Cursor = chainTo, IsBounded = true });

    /// <summary>A frame that goes last whatever waits.</summary>
    public void AddLast(byte[] frame) => AddCritical(new Waiting(StatusPriority.Critical, frame.Length) { Frame = frame, IsBounded = true });

    /// <summary>A journalled event. For a <paramref name="replay"/>, which is bounded already, there always is room.</summary>
    public SendOutcome Add(Cursor cursor, StatusEvent e, bool replay)
    {
        // Progress that waits is of the state before this one, and must not come after it.
        if (_progress?.GetValueOrDefault(e.VideoId) is { Newest: not null } progress)
        {
            progress.Newest = null;
            Dropped++;
        }

        var waiting = new Waiting(e.JournalPriority, EventBytes) { Cursor = cursor, Event = e, IsBounded = replay };
        if (waiting.Lane is StatusPriority.Critical)
            return AddCritical(waiting);
        _states ??= [];
        var key = (e.VideoId, e.Status);
        if (_states.Remove(key, out var older))
        {
            _queue!.Remove(older);
            Count(older.Value, -1);
            waiting = waiting with { Merged = older.Value.Merged + 1 };
        }
        else if (Refuses(waiting, isFull: _waiting.States + _flying.States >= MostStates) is { } refusal)
        {
            return refusal;
        }

        _states[key] = Enqueue(waiting);
        return SendOutcome.Queued;
    }

    /// <summary>Progress, dropped when the client can't take it.</summary>
    public void AddProgress(StatusEvent e)
    {
        _progress ??= [];
        if (!_progress.TryGetValue(e.VideoId, out var progress))
        {
            if (_progress.Count >= MostProgress)
            {
                Dropped++;
                return;
            }

            _progress[e.VideoId] = progress = new Progress();
        }

        if (progress.Newest is not null)
            Dropped++;
        progress.Newest = e;
    }

    /// <summary>Takes what may leave now, as frames. It counts as waiting until <see cref="Flushed"/>: a reader that is stuck holds it.</summary>
    public List<OutgoingFrame> Take()
    {
        var frames = new List<OutgoingFrame>(_queue?.Count ?? 0);
        foreach (var waiting in _queue ?? [])
            frames.Add(Encode(waiting));
        (_queue, _states) = (null, null);
        (_flying, _waiting) = (_waiting, default);
        IsUrgent = false;
        TakeProgress(frames);
        _flight = frames.Count > 0 ? frames : null;
        return frames;
    }

    /// <summary>What was taken has gone.</summary>
    public void Flushed()
    {
        budget.Count(-_flying.Bytes);
        (_flying, _flight) = (default, null);
    }

    /// <summary>Forgets all that waits.</summary>
    public void Clear()
    {
        (_queue, _states, _progress, _flight) = (null, null, null, null);
        budget.Count(-_waiting.Bytes - _flying.Bytes);
        (_waiting, _flying, IsUrgent) = (default, default, false);
    }

    /// <summary>When the next progress may leave; null when none waits.</summary>
    public TimeSpan? NextProgress()
    {
        TimeSpan? soonest = null;
        foreach (var progress in _progress?.Values ?? Enumerable.Empty<Progress>())
        {
            var wait = Period - time.GetElapsedTime(progress.SentAt);
            if (progress.Newest is not null && !(wait >= soonest))
                soonest = wait;
        }

        return soonest;
    }

    private TimeSpan Period => budget.Coalesces ? LongProgressPeriod : ProgressPeriod;

    private int In(StatusPriority lane) => (_queue?.Count(waiting => waiting.Lane == lane) ?? 0) + (_flight?.Count(frame => frame.Lane == lane) ?? 0);

    private SendOutcome AddCritical(Waiting waiting)
    {
        if (Refuses(waiting, isFull: HasNoRoomFor(waiting)) is { } refusal)
            return refusal;
        Enqueue(waiting);
        IsUrgent = true;
        return SendOutcome.Queued;
    }

    private bool HasNoRoomFor(Waiting critical) =>
        _waiting.Critical + _flying.Critical >= MostCritical || _waiting.CriticalBytes + _flying.CriticalBytes + critical.Bytes > MostCriticalBytes;

    private SendOutcome? Refuses(Waiting waiting, bool isFull)
    {
        if (waiting.IsBounded)
            return null;
        if (isFull)
            return SendOutcome.ReaderTooSlow;
        return budget.Allows(waiting.Bytes, _waiting.Bytes + _flying.Bytes) ? null : SendOutcome.SiloTooFull;
    }

    private LinkedListNode<Waiting> Enqueue(Waiting waiting)
    {
        Count(waiting, 1);
        return (_queue ??= new()).AddLast(waiting);
    }

    private void Count(Waiting waiting, int sign)
    {
        var (critical, state) = (waiting.IsBounded, waiting.Lane) switch
        {
            (true, _) => (0, 0),
            (_, StatusPriority.Critical) => (sign, 0),
            _ => (0, sign),
        };
        _waiting = new Load(
            _waiting.Critical + critical, _waiting.CriticalBytes + (critical * waiting.Bytes), _waiting.States + state,
            _waiting.Bytes + (sign * waiting.Bytes));
        budget.Count(sign * waiting.Bytes);
    }

    private OutgoingFrame Encode(Waiting waiting)
    {
        var previous = Sent;
        Sent = waiting.Cursor ?? Sent;
        if (waiting.Frame is { } frame)
            return new OutgoingFrame(frame, waiting.Lane);
        var cursor = waiting.Cursor!.Value;
        return new OutgoingFrame(codec.Event(cursor, previous ?? cursor, waiting.Merged, waiting.Event!), waiting.Lane);
    }

    private void TakeProgress(List<OutgoingFrame> frames)
    {
        if (_progress is null)
            return;
        foreach (var (video, progress) in _progress)
        {
            if (time.GetElapsedTime(progress.SentAt) < Period)
                continue;
            if (progress.Newest is { } newest)
            {
                frames.Add(new OutgoingFrame(codec.Progress(newest), StatusPriority.Progress));
                (progress.Newest, progress.SentAt) = (null, time.GetTimestamp());
            }
            else
            {
                _progress.Remove(video);
            }
        }

        if (_progress.Count == 0)
            _progress = null;
    }

    /// <summary>What counts against the bounds of the lanes, and the bytes of all there is.</summary>
    private readonly record struct Load(int Critical, int CriticalBytes, int States, int Bytes);

    private sealed record Waiting(StatusPriority Lane, int Bytes)
    {
        /// <summary>Of something that is bounded elsewhere, as a replay is: there always is room for it.</summary>
        public bool IsBounded { get; init; }

        public byte[]? Frame { get; init; }

        public StatusEvent? Event { get; init; }

        public Cursor? Cursor { get; init; }

        public int Merged { get; init; } = 1;
    }

    private sealed class Progress
    {
        public StatusEvent? Newest { get; set; }

        // Long ago.
        public long SentAt { get; set; } = long.MinValue / 2;
    }
}

/// <summary>Frames that wait in each lane.</summary>
internal readonly record struct LaneDepths(int Critical, int State, int Progress);

/// <summary>A frame on its way.</summary>
/// <param name="Bytes">Head and payload.</param>
/// <param name="Lane">Its lane.</param>
internal readonly record struct OutgoingFrame(byte[] Bytes, StatusPriority Lane);
