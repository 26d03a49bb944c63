using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.Cluster.Infrastructure;

/// <summary>A history of a cluster; without the programs that it takes, skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HistoryFactAttribute : FactAttribute
{
    public HistoryFactAttribute() => Skip = Missing;

    /// <summary>Why no history can run here; null when they can.</summary>
    internal static string? Missing => ProgramPath.Missing(
        PostgresServer.Postgres, PostgresServer.InitDb, NpmServer.Node, NpmServer.Npm, ProxyProcess.Haproxy, "ffmpeg", "ffprobe");
}

/// <summary>As <see cref="HistoryFactAttribute"/>, where silos must be on machines of their own.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NetworkHistoryFactAttribute : FactAttribute
{
    public NetworkHistoryFactAttribute() => Skip = HistoryFactAttribute.Missing ?? SiloNetwork.Missing;
}
