namespace Ingestion.Grains;

/// <summary>
/// Retries the pending work of a grain by a timer until <see cref="Stop"/>. The stored state contains what is pending; the timer only makes it happen
/// soon, and a call to the next activation carries it over the end of this one.
/// </summary>
/// <param name="registerTimer">The grain's <c>RegisterGrainTimer</c>.</param>
/// <param name="attempt">Does the pending work and calls <see cref="Stop"/> when nothing is left of it. Its failures are its own to handle.</param>
internal sealed class GrainRetry(Func<Func<CancellationToken, Task>, GrainTimerCreationOptions, IGrainTimer> registerTimer, Func<Task> attempt)
{
    /// <summary>From a failure to the first attempt after it, more or less; each further pause is twice as long.</summary>
    private static readonly TimeSpan _first = TimeSpan.FromSeconds(2);

    // Well below the age at which grains are collected.
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);

    private IGrainTimer? _timer;
    private int _failures;

    /// <summary>The first attempt comes at once, in a turn of its own: for an activation that finds pending work in its state.</summary>
    public void StartNow() => Start(TimeSpan.Zero);

    /// <summary>The first attempt comes after a pause: something has just failed. Does nothing while attempts are scheduled.</summary>
    public void StartLater()
    {
        if (_timer is null)
            Start(NextPause());
    }

    /// <summary>Nothing is pending any more.</summary>
    public void Stop()
    {
        _timer?.Dispose();
        (_timer, _failures) = (null, 0);
    }

    /// <summary>
    /// From OnDeactivateAsync, with pending work: activates the grain again by any call to it, which waits until this activation has ended.
    /// Orleans also ends activations whose directory entry was lost with another silo, and their timers end with them. Not when the silo stops:
    /// the call may have nowhere to go.
    /// </summary>
    public static void WakeNext(DeactivationReason reason, Func<Task> call)
    {
        if (reason.ReasonCode is not DeactivationReasonCode.ShuttingDown)
            _ = CallAsync(call);
    }

    // The activation must not be collected between two attempts.
    private void Start(TimeSpan dueTime) =>
        _timer ??= registerTimer(_ => RunAsync(), new GrainTimerCreationOptions { DueTime = dueTime, Period = Timeout.InfiniteTimeSpan, KeepAlive = true });

    /// <summary>Attempts continue until one of them calls <see cref="Stop"/>.</summary>
    private async Task RunAsync()
    {
        var timer = _timer;
        try
        {
            await attempt();
        }
        finally
        {
            if (timer is not null && ReferenceEquals(timer, _timer))
                timer.Change(NextPause(), Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan NextPause() => Backoff.After(++_failures, _first, _longest);

    private static async Task CallAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
#pragma warning disable CA1031 // The activation counts, not the answer; without one, the next call or sweep activates the grain.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
