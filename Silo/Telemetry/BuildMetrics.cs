using System.Diagnostics.Metrics;
using System.Reflection;

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
    public static string Version => Informational.Split('+')[0];

    /// <summary>The commit; empty when the build knew none.</summary>
    public static string Revision => Informational.Split('+') is [_, var commit, ..] ? commit : "";

    private static string Informational { get; } =
        typeof(BuildMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
