using Ingestion.Silo.Janitor;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Integration.Janitor;

/// <summary>The base of all sweeps.</summary>
public sealed class PeriodicSweepTests : IDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromMinutes(1);

    // The longest time between two rounds, which differs by a tenth.
    private static readonly TimeSpan _longest = 1.1 * _period;

    private readonly ManualTime _time = new();
    private readonly Host _host = new();
    private readonly Events _events = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task RoundsBeginOnceTheHostHasStarted_WhenItStarts()
    {
        using var sweep = new Counting(_period, _host, _time, _events);
        await sweep.StartAsync(CancellationToken.None);
        _time.Advance(10 * _period);
        Assert.Equal(0, sweep.Rounds);

        await StartedAsync();
        for (var round = 1; round <= 3; round++)
        {
            await sweep.RoundAsync(_time);
            Assert.Equal(round, sweep.Rounds);
        }

        await sweep.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task OneRoundIsAllThereIs_WhenThePeriodIsInfinite()
    {
        using var sweep = new Counting(Timeout.InfiniteTimeSpan, _host, _time, _events);
        await sweep.StartAsync(CancellationToken.None);
        await _host.StartAsync();
        await sweep.ExecuteTask!;
        Assert.Equal(1, sweep.Rounds);
    }

    [Fact]
    public async Task AFailureIsLoggedWhenItBeginsAndWhenItEnds_WhenAStepFailsForSeveralRounds()
    {
        using var sweep = new Counting(_period, _host, _time, _events);
        await sweep.StartAsync(CancellationToken.None);
        await StartedAsync();
        foreach (var fails in (bool[])[true, true, true, false, false, true])
        {
            sweep.Fails = fails;
            await sweep.RoundAsync(_time);
        }

        await sweep.StopAsync(CancellationToken.None);
        Assert.Equal(["LoopStepFailed", "LoopStepRecovered", "LoopStepFailed"], _events.Names);
    }

    [Fact]
    public async Task TheHostWaitsForTheRound_WhenItStopsMeanwhile()
    {
        var gate = new TaskCompletionSource();
        using var sweep = new Counting(Timeout.InfiniteTimeSpan, _host, _time, _events) { Gate = gate.Task };
        await sweep.StartAsync(CancellationToken.None);
        await _host.StartAsync();
        await Eventually.TrueAsync(() => sweep.Rounds == 1, "the round has begun");
        var stopping = sweep.StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        gate.SetResult();
        await stopping;
    }

    /// <summary>The host starts, and the sweep waits for its first round.</summary>
    private async Task StartedAsync()
    {
        var waits = _time.NextTimerAsync();
        await _host.StartAsync();
        await waits;
    }

    private sealed class Counting(TimeSpan period, IHostApplicationLifetime host, ManualTime clock, ILogger logger) : PeriodicSweep(period, host, clock, logger)
    {
        private TaskCompletionSource<Task> _done = new();
        private int _rounds;

        public int Rounds => Volatile.Read(ref _rounds);

        public bool Fails { get; set; }

        public Task Gate { get; init; } = Task.CompletedTask;

        /// <summary>Lets the next round pass, until the sweep waits for the one after it.</summary>
        public async Task RoundAsync(ManualTime time)
        {
            time.Advance(_longest);
            await await _done.Task;
            _done = new TaskCompletionSource<Task>();
        }

        protected override async Task SweepAsync(CancellationToken stopping)
        {
            Interlocked.Increment(ref _rounds);
            await Gate;
            await TryAsync("a step", _ => Fails ? throw new IOException("It fails.") : Task.FromResult(1), stopping);
            _done.TrySetResult(((ManualTime)Time).NextTimerAsync());
        }
    }

    private sealed class Host : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public Task StartAsync() => _started.CancelAsync();

        public void StopApplication()
        {
        }

        public void Dispose() => _started.Dispose();
    }

    private sealed class Events : ILogger
    {
        private readonly List<string?> _names = [];

        public IReadOnlyList<string?> Names => _names;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _names.Add(eventId.Name);
    }
}
