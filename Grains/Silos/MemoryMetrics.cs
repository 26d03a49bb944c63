using System.Diagnostics.Metrics;
using Ingestion.Silos;

namespace Ingestion.Grains.Silos;

/// <summary>The silo's memory as metrics. Names and units: docs/operate/metrics.md.</summary>
internal sealed class MemoryMetrics
{
    private readonly Counter<long> _reclaims;
    private readonly Counter<long> _reclaimedBytes;
    private readonly Counter<long> _actions;
    private readonly Counter<long> _predicted;
    private readonly Counter<long> _freed;
    private readonly Counter<double> _pauses;

    public MemoryMetrics(IMeterFactory meters, GovernorView view, LeakWatch leaks)
    {
        var meter = meters.Create("Ingestion");
        CreateObservables(meter, view);
        LeakMetrics.Create(meter, leaks);
        _reclaims = meter.CreateCounter<long>("ingestion.memory.reclaim.completed", "{reclaim}", "Times that memory was returned to the system.");
        _reclaimedBytes = meter.CreateCounter<long>("ingestion.memory.reclaim.released", "By", "Resident memory returned to the system.");
        _actions = meter.CreateCounter<long>("ingestion.memory.action.completed", "{action}", "Actions of the memory governor.");
        _predicted = meter.CreateCounter<long>("ingestion.memory.action.predicted", "By", "What these were expected to free.");
        _freed = meter.CreateCounter<long>("ingestion.memory.action.released", "By", "By how much RSS had fallen a second after them.");
        _pauses = meter.CreateCounter<double>("ingestion.memory.pause.time", "s", "Time for which the governor's collections stopped the silo.");
    }

    public void Reclaimed(long bytes)
    {
        _reclaims.Add(1);
        _reclaimedBytes.Add(Math.Max(0, bytes));
    }

    public void Acted(MemoryAction action, long predictedBytes, long freedBytes)
    {
        var tag = new KeyValuePair<string, object?>("ingestion.memory.action", action.Name());
        _actions.Add(1, tag);
        _predicted.Add(predictedBytes, tag);
        _freed.Add(Math.Max(0, freedBytes), tag);
    }

    public void Paused(TimeSpan pause) => _pauses.Add(pause.TotalSeconds);

    private static void CreateObservables(Meter meter, GovernorView view)
    {
        Bytes("ingestion.memory.usage", "Resident memory (RSS) of the silo.", static sight => sight.Reading.Process.ResidentBytes);
        Bytes("ingestion.memory.limit", "Memory budget of the silo.", static sight => sight.BudgetBytes);
        Bytes("ingestion.memory.anonymous.usage", "Of RSS, what only the silo has: heap, native memory, stacks.",
            static sight => sight.Reading.Process.AnonymousBytes);
        Bytes("ingestion.memory.file.usage", "Of RSS, pages of files.", static sight => sight.Reading.Process.FileBytes);
        Bytes("ingestion.memory.tool.usage", "RSS of the media tools that run.", static sight => sight.Reading.Tools.ResidentBytes);
        Bytes("ingestion.memory.heap.committed", "What the managed heap holds from the system.", static sight => sight.Reading.Heap.CommittedBytes);
        Bytes("ingestion.memory.heap.live", "Objects that survived the last collection.", static sight => sight.Reading.Heap.LiveBytes);
        Bytes("ingestion.memory.heap.fragmented", "Holes between them.", static sight => sight.Reading.Heap.FragmentedBytes);
        meter.CreateObservableGauge("ingestion.memory.level", () => (int)view.Last.Level, null, "Level of memory pressure, from 0 (green) to 4 (emergency).");
        meter.CreateObservableGauge("ingestion.memory.cause",
            () => new Measurement<int>(1, new KeyValuePair<string, object?>("ingestion.memory.cause", view.Last.Cause.Name())), null,
            "What takes most of the memory under pressure; always 1.");
        meter.CreateObservableGauge("ingestion.memory.slope", () => view.Last.BytesPerSecond, "By/s", "By how much RSS rises.");

        void Bytes(string name, string description, Func<GovernorSight, long> read) =>
            meter.CreateObservableUpDownCounter(name, () => read(view.Last), "By", description);
    }
}
