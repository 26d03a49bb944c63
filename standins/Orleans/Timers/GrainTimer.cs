using System.Reflection;
using Orleans.CodeGeneration;

namespace Orleans.Runtime;

/// <summary>A timer whose tick is a call to its own activation, gated as every call.</summary>
internal sealed class GrainTimer : IGrainTimer
{
    private static readonly GrainMethod s_tick = new(typeof(GrainTimer), typeof(GrainTimer).GetMethod(nameof(Tick), BindingFlags.Instance | BindingFlags.NonPublic)!);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposed = new();
    private readonly ITimerOwner _owner;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly ITimer _timer;
    private TimeSpan? _changedTo;
    private TimeSpan _period;
    private bool _isTicking;

    public GrainTimer(ITimerOwner owner, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        Validate(options.DueTime, nameof(options.DueTime));
        Validate(options.Period, nameof(options.Period));
        _owner = owner;
        _callback = callback;
        _options = options;
        _period = options.Period;
        _timer = owner.Client.Time.CreateDetachedTimer(static timer => ((GrainTimer)timer!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        _timer.Change(options.DueTime, Timeout.InfiniteTimeSpan);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Validate(dueTime, nameof(dueTime));
        Validate(period, nameof(period));
        lock (_gate)
        {
            _changedTo = dueTime;
            _period = period;
            // During a tick the change takes effect at its end.
            if (!_isTicking)
                _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        if (_disposed.IsCancellationRequested)
            return;

        _disposed.Cancel();
        _timer.Dispose();
        _owner.OnTimerDisposed(this);
    }

    private void OnDue()
    {
        lock (_gate)
            _isTicking = true;
        if (_disposed.IsCancellationRequested || _owner.Client.IsStopped)
            return;

        _owner.Receive(new OneWayCall(_owner.Client, _owner, _owner.GrainId, new TickRequest(this))
        {
            IsLocalOnly = true,
            ExtendsLife = _options.KeepAlive,
            Options = InvokeMethodOptions.OneWay | (_options.Interleave ? InvokeMethodOptions.AlwaysInterleave : InvokeMethodOptions.None),
        });
    }

    private async Task Tick()
    {
        if (_disposed.IsCancellationRequested)
            return;

        lock (_gate)
            _changedTo = null;
        try
        {
            await _callback(_disposed.Token);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // One bad tick does not end the timer.
            if (!_disposed.IsCancellationRequested)
                Log.TimerFailed(_owner.Client.Logger, _owner.GrainId, failure);
        }

        ScheduleNext();
    }

    private void ScheduleNext()
    {
        lock (_gate)
        {
            _isTicking = false;
            if (!_disposed.IsCancellationRequested)
                _timer.Change(_changedTo ?? _period, Timeout.InfiniteTimeSpan);
        }
    }

    private static void Validate(TimeSpan time, string name)
    {
        var milliseconds = (long)time.TotalMilliseconds;
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, -1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, 0xfffffffe, name);
    }

    private sealed class TickRequest(GrainTimer timer) : GrainRequest
    {
        public override GrainMethod Description => s_tick;

        public override Task InvokeOn(object target) => timer.Tick();
    }
}
