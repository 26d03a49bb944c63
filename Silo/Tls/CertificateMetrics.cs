using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Ingestion.Silo.Tls;

/// <summary>How long the certificates of the silo last. Name and unit: docs/operate/metrics.md.</summary>
internal sealed class CertificateMetrics
{
    private const string UseTag = "ingestion.certificate.use";

    private readonly ConcurrentDictionary<string, Func<DateTimeOffset?>> _ends = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;

    public CertificateMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        meters.Create("Ingestion").CreateObservableGauge(
            "ingestion.certificate.remaining", Remaining, "s", "Time until a certificate in use ends, by what it is for; negative once it has ended.");
    }

    /// <param name="use">What the certificate is for.</param>
    /// <param name="end">When it ends; null while there is none. Called with each reading of the metrics.</param>
    public void Watch(string use, Func<DateTimeOffset?> end) => _ends[use] = end;

    private IEnumerable<Measurement<double>> Remaining()
    {
        foreach (var (use, read) in _ends)
        {
            if (read() is { } end)
                yield return new Measurement<double>((end - _time.GetUtcNow()).TotalSeconds, new KeyValuePair<string, object?>(UseTag, use));
        }
    }
}
