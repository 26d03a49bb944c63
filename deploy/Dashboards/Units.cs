namespace Ingestion.Dashboards;

/// <summary>Units by Grafana's names.</summary>
internal static class Units
{
    public const string None = "none";
    public const string Count = "short";
    public const string Bytes = "bytes";
    public const string BytesPerSecond = "binBps";
    public const string Seconds = "s";
    public const string Milliseconds = "ms";
    public const string PerSecond = "ops";
    public const string Share = "percentunit";
}
