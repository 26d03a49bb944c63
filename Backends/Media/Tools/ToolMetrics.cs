using System.Diagnostics.Metrics;

namespace Ingestion.Backends.Media.Tools;

/// <summary>Metrics of tool runs. Names and units: docs/operate/metrics.md.</summary>
internal sealed class ToolMetrics
{
    private static readonly InstrumentAdvice<double> _seconds = new() { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };
    private static readonly InstrumentAdvice<long> _bytes =
        new() { HistogramBucketBoundaries = [32 << 20, 64 << 20, 128 << 20, 256 << 20, 512 << 20, 1L << 30, 2L << 30] };

    private readonly Histogram<double> _duration;
    private readonly Histogram<long> _memory;
    private readonly Counter<long> _read;

    public ToolMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ingestion");
        _duration = meter.CreateHistogram("ingestion.tool.duration", "s", "Runs of ffprobe and ffmpeg, by how they ended.", tags: null, _seconds);
        _memory = meter.CreateHistogram("ingestion.tool.memory.peak", "By", "Most resident memory of a run, of those that lasted long enough to be looked at.",
            tags: null, _bytes);
        _read = meter.CreateCounter<long>("ingestion.tool.source.io", "By", "Bytes of sources that tools have read from S3.");
    }

    /// <summary>Bytes went from the store to a tool.</summary>
    public void SourceRead(int bytes) => _read.Add(bytes);

    public void Ended(string tool, ToolRun run)
    {
        var name = new KeyValuePair<string, object?>("ingestion.tool.name", tool);
        _duration.Record(run.Elapsed.TotalSeconds, name, new KeyValuePair<string, object?>("ingestion.tool.outcome", run.Outcome));
        if (run.PeakBytes is { } peak)
            _memory.Record(peak, name);
    }
}
