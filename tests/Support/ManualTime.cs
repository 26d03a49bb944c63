using Microsoft.Extensions.Time.Testing;

namespace Ingestion.Tests.Support;

/// <summary>A clock that stands still until a test moves it. The package's clock does not report that code under test begins to wait; this one does.</summary>
public sealed class ManualTime() : FakeTimeProvider(Start)
{
    // Static, for tests that need no clock.
    public static new readonly DateTimeOffset Start = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private TaskCompletionSource _timer = NewSignal();

    /// <summary>Completes when the next timer is created: the code under test waits for time to pass.</summary>
    public Task NextTimerAsync() => Volatile.Read(ref _timer).Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Interlocked.Exchange(ref _timer, NewSignal()).SetResult();
        return timer;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
