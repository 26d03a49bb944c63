using Ingestion.Grains;

namespace Ingestion.Tests.Unit.Grains;

public class GrainRetryTests
{
    private readonly List<Timer> _timers = [];
    private readonly GrainRetry _retry;
    private int _attempts;

    public GrainRetryTests() => _retry = new GrainRetry(Register, () =>
    {
        _attempts++;
        return Task.CompletedTask;
    });

    [Fact]
    public void FirstAttempt_ComesAtOnce_WhenWorkIsFoundPending()
    {
        _retry.StartNow();
        Assert.Equal((TimeSpan.Zero, GrainRetry.Period, true), (OnlyTimer.Options.DueTime, OnlyTimer.Options.Period, OnlyTimer.Options.KeepAlive));
    }

    [Fact]
    public void FirstAttempt_ComesAPeriodLater_WhenWorkHasJustFailed()
    {
        _retry.StartLater();
        Assert.Equal(GrainRetry.Period, OnlyTimer.Options.DueTime);
    }

    [Fact]
    public async Task EachTick_IsAnAttempt_UntilStopped()
    {
        _retry.StartLater();
        await OnlyTimer.Tick(CancellationToken.None);
        await OnlyTimer.Tick(CancellationToken.None);
        Assert.Equal(2, _attempts);
        Assert.False(OnlyTimer.IsDisposed);
        _retry.Stop();
        Assert.True(OnlyTimer.IsDisposed);
    }

    [Fact]
    public void Timer_IsOne_WhenStartedAgainWhileScheduled()
    {
        _retry.StartNow();
        _retry.StartLater();
        Assert.Single(_timers);
    }

    [Fact]
    public void Timer_IsANewOne_WhenStartedAfterAStop()
    {
        _retry.StartNow();
        _retry.Stop();
        _retry.Stop();
        _retry.StartLater();
        Assert.Equal([true, false], _timers.Select(timer => timer.IsDisposed));
    }

    [Theory]
    [InlineData(DeactivationReasonCode.ActivationIdle, true)]
    [InlineData(DeactivationReasonCode.DirectoryFailure, true)]
    [InlineData(DeactivationReasonCode.ShuttingDown, false)]
    public void NextActivation_IsWoken_UnlessTheSiloStops(DeactivationReasonCode code, bool expected)
    {
        var called = false;
        GrainRetry.WakeNext(new DeactivationReason(code, ""), () =>
        {
            called = true;
            return Task.FromException(new TimeoutException());
        });
        Assert.Equal(expected, called);
    }

    private Timer OnlyTimer => Assert.Single(_timers);

    private Timer Register(Func<CancellationToken, Task> tick, GrainTimerCreationOptions options)
    {
        var timer = new Timer(tick, options);
        _timers.Add(timer);
        return timer;
    }

    private sealed class Timer(Func<CancellationToken, Task> tick, GrainTimerCreationOptions options) : IGrainTimer
    {
        public Func<CancellationToken, Task> Tick => tick;

        public GrainTimerCreationOptions Options => options;

        public bool IsDisposed { get; private set; }

        public void Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => IsDisposed = true;
    }
}
