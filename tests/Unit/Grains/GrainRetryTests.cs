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
        Assert.Equal((TimeSpan.Zero, true), (OnlyTimer.Options.DueTime, OnlyTimer.Options.KeepAlive));
    }

    [Fact]
    public void FirstAttempt_ComesAfterAPause_WhenWorkHasJustFailed()
    {
        _retry.StartLater();
        Assert.InRange(OnlyTimer.Options.DueTime.TotalSeconds, 1.5, 2.5);
    }

    /// <summary>The pending work itself reports its failure, while its attempt is under way.</summary>
    [Fact]
    public async Task Pauses_Double_UpToHalfAMinute()
    {
        _retry.StartLater();
        for (var n = 0; n < 6; n++)
        {
            _retry.StartLater();
            await OnlyTimer.Tick(CancellationToken.None);
        }

        double[] seconds = [4, 8, 16, 30, 30, 30];
        Assert.Equal(seconds.Length, OnlyTimer.Pauses.Count);
        Assert.All(OnlyTimer.Pauses.Zip(seconds), pause => Assert.InRange(pause.First.TotalSeconds, 0.75 * pause.Second, 1.25 * pause.Second));
    }

    [Fact]
    public async Task Attempts_Continue_WhenOneOfThemThrows()
    {
        var retry = new GrainRetry(Register, () => throw new IOException("Too many open files"));
        retry.StartNow();
        await Assert.ThrowsAsync<IOException>(() => OnlyTimer.Tick(CancellationToken.None));
        Assert.Single(OnlyTimer.Pauses);
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

        public List<TimeSpan> Pauses { get; } = [];

        public void Change(TimeSpan dueTime, TimeSpan period) => Pauses.Add(dueTime);

        public void Dispose() => IsDisposed = true;
    }
}
