using System.Diagnostics.Metrics;
using Ingestion.Grains.Silos;
using Ingestion.Grains.Silos.Acting;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static Ingestion.Tests.Unit.Silos.Readings;

namespace Ingestion.Tests.Unit.Silos;

/// <summary>The whole governor over a made-up process, in virtual time.</summary>
public sealed class MemoryGovernorTests : IDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(250);

    private readonly ManualTime _time = new();
    private readonly ServiceProvider _services;
    private readonly MadeUpSilo _silo;
    private readonly BufferCredits _buffers;
    private readonly MemoryPressure _pressure = new();
    private readonly LogLines _lines = new();
    private readonly ActionLog _log = new();
    private readonly GovernorView _view;
    private readonly LeakWatch _leaks;
    private readonly MemoryGovernor _governor;

    public MemoryGovernorTests()
    {
        _silo = new MadeUpSilo(_time);
        _services = new ServiceCollection().AddMetrics().AddSingleton<IIdleGrains>(_silo).AddSingleton<IBufferBudget>(_silo).BuildServiceProvider();
        _buffers = new BufferCredits(_services);
        var options = Options.Create(new MemoryOptions());
        _view = new GovernorView(_silo, _buffers, _log, options, _time);
        _leaks = new LeakWatch(_lines);
        _governor = new MemoryGovernor(_silo, _silo, _buffers, _pressure, _leaks, _log, _view, new MemoryMetrics(_services.GetRequiredService<IMeterFactory>(), _view, _leaks),
            _services, options, _time, NullLogger<MemoryGovernor>.Instance);
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Levels_GoUpAndAllTheWayDown_AndSubscribersSeeEach()
    {
        var seen = new List<MemoryLevel>();
        _pressure.Changed += seen.Add;
        foreach (var share in new[] { 0.80, 0.90, 1.0, 1.1 })
        {
            _silo.Reading = Of(default, (long)(share * 512));
            Ticks(4);
        }

        _silo.Reading = Of(default, 100);
        Ticks(4 * 61);
        Assert.Equal([MemoryLevel.Elevated, MemoryLevel.High, MemoryLevel.Critical, MemoryLevel.Emergency, MemoryLevel.Critical, MemoryLevel.High,
            MemoryLevel.Elevated, MemoryLevel.Green], seen);
        Assert.Equal((MemoryLevel.Green, MemoryCause.None), (_view.Last.Level, _view.Last.Cause));
    }

    [Fact]
    public void Buffers_FollowTheLevel_AndAnOperatorSetsTheirBase()
    {
        var limits = new List<(long, int)>();
        foreach (var share in new[] { 0.80, 0.90, 1.0, 1.1 })
        {
            _silo.Reading = Of(default, (long)(share * 512));
            Ticks(4);
            limits.Add((_silo.LimitBytes / Mebibyte, _silo.PartsInFlight));
        }

        Assert.Equal([(48, 2), (24, 2), (12, 1), (12, 1)], limits);
        _buffers.SetBase(40 * Mebibyte);
        // A part of the object store always fits.
        Assert.Equal(8 * Mebibyte, _silo.LimitBytes);
        _silo.Reading = Of(default, 100);
        Ticks(4 * 61);
        Assert.Equal((40 * Mebibyte, 2), (_silo.LimitBytes, _silo.PartsInFlight));
    }

    [Fact]
    public void IdleGrains_GoFirst_AndACollectionFollows_WhenLiveObjectsAreTheCause()
    {
        _silo.Reading = Of(default, 470, held: 320, live: 300, anonymous: 350, idle: 100);
        _silo.Effect = call => _silo.Reading = call == nameof(MadeUpSilo.Collect) ? Of(default, 380, held: 230, live: 220, anonymous: 260) : _silo.Reading;
        Ticks(16);
        Assert.Equal(["Shed", "Collect"], _silo.Calls);
        var sample = _view.ToSample();
        Assert.Equal([MemoryAction.Collect, MemoryAction.ShedIdleGrains, MemoryAction.ShrinkBuffers], sample.Actions!.Select(action => action.Action));
        Assert.All(sample.Actions!.Take(2), action => Assert.Equal((MemoryLevel.High, MemoryCause.LiveGrains), (action.Level, action.Cause)));
        Assert.Equal(90 * Mebibyte, sample.Actions![0].FreedBytes + sample.Actions[1].FreedBytes);
    }

    [Fact]
    public void WhatAStormLeft_IsGivenBack_BelowTheMarksOfTheLevels()
    {
        // 470 of 512 MiB, of which 300 are of idle grains: they fall to 58 %, not only to the 80 % at which the level is left.
        _silo.Reading = Of(default, 470, held: 420, live: 400, anonymous: 440, idle: 300);
        _silo.Effect = call =>
        {
            if (call == nameof(MadeUpSilo.Collect))
                _silo.Reading = Of(default, 290, held: 240, live: 220, anonymous: 260, idle: 120);
        };
        Ticks(4 * 60);
        var shed = _view.ToSample().Actions!.Where(action => action.Action == MemoryAction.ShedIdleGrains).Sum(action => action.PredictedBytes) / Mebibyte;
        // 0.92 − 0.58 of 512 MiB.
        Assert.InRange(shed, 170, 180);
        Assert.Equal(MemoryLevel.Green, _pressure.Level);
    }

    [Fact]
    public void GarbageThatPassesForLive_IsCollected_OnceMemoryHasStoppedRising()
    {
        // The last collection did not look at the oldest generation.
        _silo.Reading = Of(default, 470, held: 420, live: 418, anonymous: 440);
        _silo.Effect = call =>
        {
            if (call == nameof(MadeUpSilo.Collect))
                _silo.Reading = Of(default, 200, held: 150, live: 140, anonymous: 170);
        };
        Ticks(4 * 8);
        Assert.Equal(["Collect"], _silo.Calls);
    }

    [Fact]
    public void NativeMemory_IsTrimmed_WhenItIsTheCause()
    {
        _silo.Reading = Of(default, 470, held: 60, live: 40, anonymous: 350);
        _silo.Effect = _ => _silo.Reading = Of(default, 200, held: 60, live: 40, anonymous: 80);
        Ticks(16);
        Assert.Equal(["TrimNative"], _silo.Calls);
    }

    [Fact]
    public void CollectionThatFreesNothing_IsNotRepeatedForFiveMinutes()
    {
        _silo.Reading = Of(default, 470, held: 200, live: 60, anonymous: 220);
        Ticks(4 * 290);
        Assert.Equal(2, _silo.Calls.Count(call => call == "Collect"));
    }

    [Theory]
    [InlineData(512, 96)]
    [InlineData(256, 48)]
    [InlineData(8192, 96)]
    public void BuffersGetAShareOfTheBudget_AtMost_UnlessAnOperatorSetsThem(int mebibytes, int most)
    {
        var governor = new MemoryGovernor(_silo, _silo, _buffers, _pressure, _leaks, _log, _view,
            new MemoryMetrics(_services.GetRequiredService<IMeterFactory>(), _view, _leaks), _services,
            Options.Create(new MemoryOptions { BudgetMebibytes = mebibytes }), _time, NullLogger<MemoryGovernor>.Instance);
        _silo.Reading = Of(default, 100) with { LimitBytes = 1L << 40 };
        _time.Advance(_period);
        governor.Tick();
        Assert.Equal((most * Mebibyte, mebibytes * Mebibyte), (_silo.LimitBytes, _pressure.BudgetBytes));
        _buffers.SetBase(100 * Mebibyte);
        Assert.Equal(100 * Mebibyte, _silo.LimitBytes);
    }

    [Fact]
    public void NothingIsDone_WhileTheSignalIsOld()
    {
        _silo.Reading = Of(default, 600, held: 300);
        var stuck = new StuckSense(_silo.Reading);
        var governor = new MemoryGovernor(stuck, _silo, _buffers, _pressure, _leaks, _log, _view,
            new MemoryMetrics(_services.GetRequiredService<IMeterFactory>(), _view, _leaks), _services, Options.Create(new MemoryOptions()), _time,
            NullLogger<MemoryGovernor>.Instance);
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(_period);
            governor.Tick();
        }

        Assert.Equal(MemoryLevel.Green, _pressure.Level);
        Assert.Empty(_silo.Calls);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("orleans")]
    public void NothingIsDoneOrRefused_ButAllIsShown_WhenTheGovernorIsNotOn(string governor)
    {
        var idle = new MemoryGovernor(_silo, _silo, _buffers, _pressure, _leaks, _log, _view,
            new MemoryMetrics(_services.GetRequiredService<IMeterFactory>(), _view, _leaks), _services,
            Options.Create(new MemoryOptions { Governor = governor }), _time, NullLogger<MemoryGovernor>.Instance);
        var limit = _silo.LimitBytes;
        _silo.Reading = Of(default, 600, held: 420, live: 200, anonymous: 560, idle: 100);
        for (var i = 0; i < 4 * 60; i++)
        {
            _time.Advance(_period);
            idle.Tick();
        }

        Assert.Equal((MemoryLevel.Emergency, 600 * Mebibyte), (_view.Last.Level, _view.Last.Reading.Process.ResidentBytes));
        Assert.NotEqual(MemoryCause.None, _view.Last.Cause);
        // Admission, worker, sockets, placement and recycling go by the pressure.
        Assert.Equal((MemoryLevel.Green, limit), (_pressure.Level, _silo.LimitBytes));
        Assert.Empty(_silo.Calls);
        Assert.Empty(_log.Read());
    }

    [Fact]
    public void QuietSilo_GivesBackOnce_AfterARush()
    {
        _silo.Reading = Of(default, 200);
        Ticks(4 * 60);
        Assert.Equal(["Collect", "TrimNative"], _silo.Calls);
    }

    [Fact]
    public void FloorIsMeasured_EachTenMinutes_WhileTheSiloWorks()
    {
        Work(hours: 1, megabytesPerHour: 0);
        Assert.InRange(_silo.Calls.Count(call => call == nameof(MadeUpSilo.CollectGarbage)), 5, 6);
        Assert.Equal(_silo.Calls.Count / 2, _silo.Calls.Count(call => call == nameof(MadeUpSilo.TrimNative)));
    }

    [Fact]
    public void FloorIsNotMeasured_WhileTheSiloIdles()
    {
        Ticks(4 * 3600);
        Assert.Empty(_silo.Calls);
    }

    [Fact]
    public void Leak_IsFoundAndLogged_InAWorkingSilo()
    {
        Work(hours: 2, megabytesPerHour: 60);
        Assert.Equal((LeakVerdict.Warning, LeakVerdict.None), (_leaks.Managed.Verdict, _leaks.Native.Verdict));
        Assert.InRange(_leaks.Managed.BytesPerHour!.Value / Mebibyte, 59, 61);
        Assert.Equal([(LogLevel.Warning, "LeakVerdictChanged")], _lines.Events);
    }

    [Fact]
    public void Tick_AllocatesNothing_WhileNothingIsDone()
    {
        Ticks(4 * 60);
        long allocated = 0;
        for (var i = 0; i < 1000; i++)
        {
            _time.Advance(_period);
            var before = GC.GetAllocatedBytesForCurrentThread();
            _governor.Tick();
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    /// <summary>A silo that allocates, and whose live objects grow.</summary>
    private void Work(double hours, long megabytesPerHour)
    {
        for (var second = 0; second < hours * 3600; second++)
        {
            var reading = Of(default, 100);
            var heap = reading.Heap with
            {
                LiveBytes = (20 * Mebibyte) + (second * megabytesPerHour * Mebibyte / 3600), AllocatedBytes = second * 2 * Mebibyte,
            };
            _silo.Reading = reading with { Heap = heap };
            Ticks(4);
        }
    }

    private void Ticks(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _time.Advance(_period);
            _governor.Tick();
        }
    }

    private sealed class LogLines : ILogger<LeakWatch>
    {
        public List<(LogLevel Level, string? Event)> Events { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Events.Add((logLevel, eventId.Name));
    }

    private sealed class StuckSense(MemoryReading reading) : IMemorySense
    {
        public MemoryReading Read() => reading;
    }
}
