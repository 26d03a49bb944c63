namespace Ingestion.Tests.Shared;

/// <summary>A clock that stands still until a test moves it, and that can tell when somebody waits for it.</summary>
internal sealed class ManualTime : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _armed = [];
    private TaskCompletionSource _arming = NewSignal();
    private DateTimeOffset _now = Start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <summary>Completes once a timer is armed: the code under test waits for time to pass.</summary>
    public Task ArmedAsync()
    {
        lock (_gate)
            return _armed.Count > 0 ? Task.CompletedTask : _arming.Task;
    }

    /// <summary>Moves the clock; what falls due on the way fires at its time.</summary>
    public void Advance(TimeSpan by)
    {
        for (var end = GetUtcNow() + by; TakeDue(end) is { } timer;)
            timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ManualTimer? TakeDue(DateTimeOffset end)
    {
        lock (_gate)
        {
            var next = _armed.Where(timer => timer.DueAt <= end).MinBy(timer => timer.DueAt);
            _now = next?.DueAt ?? end;
            next?.Rearm();
            return next;
        }
    }

    private sealed class ManualTimer(ManualTime owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset DueAt { get; private set; }

        public void Fire() => callback(state);

        /// <summary>Under the owner's lock.</summary>
        public void Rearm()
        {
            if (_period > TimeSpan.Zero)
                DueAt += _period;
            else
                owner._armed.Remove(this);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                owner._armed.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                (DueAt, _period) = (owner._now + dueTime, period);
                owner._armed.Add(this);
                owner._arming.SetResult();
                owner._arming = NewSignal();
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
