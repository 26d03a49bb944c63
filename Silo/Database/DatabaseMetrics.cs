using System.Diagnostics.Metrics;

namespace Ingestion.Silo.Database;

/// <summary>Whether the cluster's database answers, as the probe saw it last. Name and unit: docs/operate/metrics.md.</summary>
internal sealed class DatabaseMetrics
{
    private readonly DatabaseProbe _probe;

    public DatabaseMetrics(IMeterFactory meters, DatabaseProbe probe)
    {
        _probe = probe;
        meters.Create("Ingestion").CreateObservableGauge(
            "ingestion.database.outage.age", OutageAgeSeconds, "s", "For how long the database has not answered; 0 while it does.");
    }

    private double OutageAgeSeconds() => _probe.Read() is (Answers: false, var silence, var age) ? (silence + age).TotalSeconds : 0;
}
