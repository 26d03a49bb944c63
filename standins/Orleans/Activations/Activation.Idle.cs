namespace Orleans.Runtime;

/// <summary>How long this activation has been idle, and its timers. Read by the collector from its own thread.</summary>
internal sealed partial class Activation
{
    /// <summary>Withdrawn by a time that is not positive.</summary>
    public void DelayDeactivation(TimeSpan time) => Volatile.Write(
        ref _keepUntil,
        time <= TimeSpan.Zero ? 0 : time == TimeSpan.MaxValue ? long.MaxValue : Client.Clock.Now + (long)time.TotalMilliseconds);

    /// <summary>True when it has done nothing for so long and may be collected.</summary>
    public bool IsIdleFor(TimeSpan age)
    {
        var now = Client.Clock.Now;
        return age != TimeSpan.MaxValue
            && IsAtRest
            && Volatile.Read(ref _keepUntil) <= now
            && now - Volatile.Read(ref _idleSince) >= age.TotalMilliseconds;
    }

    /// <summary>Nothing runs and nothing waits.</summary>
    public bool IsAtRest => _state == ActivationState.Valid && _gate.Running == 0 && _scheduler.IsIdle;

    public IGrainTimer RegisterTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(this, callback, options);
        lock (_gate)
            (_timers ??= []).Add(timer);
        return timer;
    }

    public void OnTimerDisposed(GrainTimer timer)
    {
        lock (_gate)
            _timers?.Remove(timer);
    }

    private void DisposeTimers()
    {
        GrainTimer[] timers;
        lock (_gate)
            timers = [.. _timers ?? []];
        foreach (var timer in timers)
            timer.Dispose();
    }
}
