using System.Diagnostics.Metrics;
using System.Reflection;
using Ingestion.Silo.Hosting;

namespace Ingestion.Silo.Telemetry;

/// <summary>Which build runs, as a gauge that is always 1. Names and units: docs/operate/metrics.md.</summary>
internal sealed class BuildMetrics
{
    public BuildMetrics(IMeterFactory meters)
    {
        KeyValuePair<string, object?>[] tags = [new("service.version", Version), new("vcs.ref.head.revision", Revision)];
        meters.Create("Ingestion").CreateObservableGauge(
            "ingestion.build.info", () => new Measurement<int>(1, tags), unit: null, "The build that runs; always 1.");
    }

    /// <summary>The version of the release.</summary>
    public static string Version => Product.Version;

    /// <summary>The commit; empty when the build knew none.</summary>
    public static string Revision { get; } = typeof(BuildMetrics).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .SingleOrDefault(data => data.Key == "SourceRevision")?.Value ?? "";
}
