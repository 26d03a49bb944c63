namespace Ingestion.Grains;

/// <summary>
/// Retries the pending work of a grain by a timer until <see cref="Stop"/>. The stored state says what is pending; the timer only makes it happen
/// soon, and a call to the next activation carries it over the end of this one.
/// </summary>
/// <param name="registerTimer">The grain's <c>RegisterGrainTimer</c>.</param>
/// <param name="attempt">Does the pending work and calls <see cref="Stop"/> when nothing is left of it. Its failures are its own to handle.</param>
internal sealed class GrainRetry(Func<Func<CancellationToken, Task>, GrainTimerCreationOptions, IGrainTimer> registerTimer, Func<Task> attempt)
{
    /// <summary>Time between two attempts.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private IGrainTimer? _timer;

    /// <summary>The first attempt comes at once, in a turn of its own: for an activation that finds pending work in its state.</summary>
    public void StartNow() => Start(TimeSpan.Zero);

    /// <summary>The first attempt comes after <see cref="Period"/>: something has just failed. Does nothing while attempts are scheduled.</summary>
    public void StartLater() => Start(Period);

    /// <summary>Nothing is pending any more.</summary>
    public void Stop()
    {
        _timer?.Dispose();
        _timer = null;
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
        _timer ??= registerTimer(_ => attempt(), new GrainTimerCreationOptions { DueTime = dueTime, Period = Period, KeepAlive = true });

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
