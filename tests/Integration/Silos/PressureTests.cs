using System.Diagnostics.Metrics;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Integration.Silos;

/// <summary>Real governors in real silos, each with a signal that the test drives.</summary>
public sealed class PressureTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    private const long Mebibyte = ScriptedSense.Mebibyte;

    [Fact]
    public async Task EveryLevel_IsSeenInSampleMetricsAndBuffers_WhenMemoryRises()
    {
        var silo = cluster.Silos[0];
        var (sense, pressure) = (Sense(silo), cluster.Services(silo).GetRequiredService<IMemoryPressure>());
        var changes = new List<MemoryLevel>();
        pressure.Changed += changes.Add;
        (double Share, MemoryLevel Level, int Part)[] steps =
            [(0.80, MemoryLevel.Elevated, 2), (0.90, MemoryLevel.High, 4), (1.00, MemoryLevel.Critical, 8), (1.10, MemoryLevel.Emergency, 8)];
        foreach (var (share, level, part) in steps)
        {
            sense.Set(share);
            await Eventually.TrueAsync(() => pressure.Level == level, $"the level is {level}");
            // From another silo, as operators may be connected to any.
            var sample = await Client(cluster.Silos[1]).GetSampleAsync(silo);
            Assert.Equal((level, Math.Max(ScriptedBuffers.Configured / part, 8 * Mebibyte)), (sample.Level, sample.Buffers.LimitBytes));
            Assert.Equal((ScriptedSense.Budget, ScriptedBuffers.Configured), (sample.BudgetBytes, sample.Buffers.BaseLimitBytes));
            Assert.Equal((int)level, Gauge(silo, "ingestion.memory.level"));
        }

        Assert.Equal(steps.Select(step => step.Level), changes);
        // The other silos of this process are not its concern.
        Assert.Equal(MemoryLevel.Green, cluster.Services(cluster.Silos[1]).GetRequiredService<IMemoryPressure>().Level);
        sense.Set(0.2);
        await Eventually.TrueAsync(() => pressure.Level == MemoryLevel.Critical, "one level is left after its dwell");
    }

    [Fact]
    public async Task IdleGrainsGo_ThenACollectionFollows_AndBothYieldsAreInTheSample()
    {
        var silo = cluster.Silos[2];
        var (sense, actuator) = (Sense(silo), cluster.Services(silo).GetRequiredService<CountedActuator>());
        actuator.Effect = call =>
        {
            if (call == nameof(CountedActuator.Collect))
                sense.Set(0.5);
        };
        cluster.Services(silo).GetRequiredService<ScriptedGrains>().Sheds = bytes => actuator.Note($"Shed {bytes / Mebibyte}");
        sense.Set(0.9, reading => reading with
        {
            Heap = new HeapReading(300 * Mebibyte, 300 * Mebibyte, 290 * Mebibyte, 0, 0, 0, TimeSpan.Zero),
            Load = reading.Load with { Grains = ScriptedSense.Grains(idleBytes: 200 * Mebibyte) },
        });
        MemorySample sample = null!;
        await Eventually.TrueAsync(
            async () => (sample = await Client(silo).GetSampleAsync(silo)).Actions is [.., { Action: MemoryAction.ShedIdleGrains, FreedBytes: not null }, _],
            "both actions are judged");

        // Down to 0.58 of 512 MiB as it stands still; to 0.8, which leaves the level, where the step still counts as a rise.
        var calls = actuator.Calls.ToArray();
        Assert.Contains(calls[0], (string[])["Shed 163", "Shed 51"]);
        Assert.Equal([nameof(CountedActuator.Collect)], calls[1..]);
        Assert.Equal([MemoryAction.Collect, MemoryAction.ShedIdleGrains, MemoryAction.ShrinkBuffers], sample.Actions!.Select(action => action.Action));
        Assert.All(sample.Actions!, action => Assert.Equal((MemoryLevel.High, MemoryCause.LiveGrains), (action.Level, action.Cause)));
        Assert.InRange(sample.Actions![0].FreedBytes!.Value + sample.Actions[1].FreedBytes!.Value, 204 * Mebibyte, 205 * Mebibyte);
    }

    [Fact]
    public async Task BaseOfBuffers_IsWhatAnOperatorSets()
    {
        var silo = cluster.Silos[1];
        await Client(cluster.Silos[0]).SetBufferBudgetAsync(silo, 50 * Mebibyte);
        var buffers = (await Client(silo).GetSampleAsync(silo)).Buffers;
        Assert.Equal((50 * Mebibyte, 50 * Mebibyte), (buffers.LimitBytes, buffers.BaseLimitBytes));
    }

    private ScriptedSense Sense(SiloAddress silo) => cluster.Services(silo).GetRequiredService<ScriptedSense>();

    private IMemoryGovernorClient Client(SiloAddress from) => cluster.Services(from).GetRequiredService<IMemoryGovernorClient>();

    private int? Gauge(SiloAddress silo, string name)
    {
        int? seen = null;
        var meters = cluster.Services(silo).GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name == name)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => seen = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }
}
