using System.ComponentModel.DataAnnotations;

namespace Ingestion.Silo.Hosting;

/// <summary>What a silo must know before anything is composed.</summary>
internal sealed class SiloSettings
{
    /// <summary>Folder of everything that this silo keeps on its own disk.</summary>
    [Required]
    public string Data { get; set; } = "data";

    /// <summary>What the silo does: <c>api</c>, <c>worker</c>, comma-separated.</summary>
    [KnownRoles]
    public string Roles { get; set; } = "api,worker";

    /// <summary>How silos find each other.</summary>
    public ClusterSettings Cluster { get; set; } = new();

    /// <summary>Where videos are kept: <c>file</c> (under the data folder) or <c>s3</c> (settings in Ingestion:S3).</summary>
    [RegularExpression("file|s3")]
    public string Store { get; set; } = "file";

    /// <summary>Where jobs are kept: <c>file</c> (under the data folder, one process) or <c>sqs</c> (settings in Ingestion:Sqs).</summary>
    [RegularExpression("file|sqs")]
    public string Queue { get; set; } = "file";

    public bool HasRole(string role) => Hosting.Roles.Split(Roles).Contains(role);

    /// <summary>A path under the data folder.</summary>
    public string DataPath(string name) => Path.Combine(Path.GetFullPath(Data), name);
}

/// <summary>Names of the roles.</summary>
internal static class Roles
{
    public const string Api = "api";
    public const string Worker = "worker";

    public static IReadOnlyList<string> All { get; } = [Api, Worker];

    /// <summary>The entries of a list of roles; one that is empty where the list is.</summary>
    public static string[] Split(string? roles) => (roles ?? "").Split(',', StringSplitOptions.TrimEntries);
}

/// <summary>How silos find each other.</summary>
internal sealed class ClusterSettings
{
    /// <summary><c>localhost</c>: one silo. <c>postgres</c>: any number, with <see cref="ConnectionString"/>.</summary>
    [RegularExpression("localhost|postgres")]
    public string Kind { get; set; } = "localhost";

    /// <summary>PostgreSQL with the Orleans tables; never logged.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Port between silos.</summary>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>Port for Orleans clients outside the silos.</summary>
    [Range(1, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Name of the cluster; silos of another name don't join.</summary>
    [Required]
    public string ClusterId { get; set; } = "ingestion";
}
