using System.ComponentModel.DataAnnotations;
using Ingestion.Silo.Tls;

namespace Ingestion.Silo.Hosting;

/// <summary>What a silo must know before anything is composed. Section <c>Ingestion</c>.</summary>
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

    /// <summary>The entries of a list of roles; an empty entry where the list is empty.</summary>
    public static string[] Split(string? roles) => (roles ?? "").Split(',', StringSplitOptions.TrimEntries);
}

/// <summary>How silos find each other. There is no port for Orleans clients outside the silos.</summary>
internal sealed class ClusterSettings : IValidatableObject
{
    public const string Postgres = "postgres";
    public const string Auto = "auto";

    private const int PostgresSiloPort = 11111;

    // Room in the membership table, and on a line of a log.
    private const int LongestSiloName = 100;

    /// <summary><c>localhost</c>: one silo. <c>postgres</c>: any number, with <see cref="ConnectionString"/>.</summary>
    [RegularExpression("localhost|postgres")]
    public string Kind { get; set; } = "localhost";

    /// <summary>PostgreSQL with the tables that <c>migrate</c> makes; never logged.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// Port between silos. 0: a free port that the system chooses. Empty: 11111 with <c>postgres</c>, 0 with <c>localhost</c>. A silo of a cluster
    /// writes its port to the database, where others find it.
    /// </summary>
    [Range(0, 65535)]
    public int? SiloPort { get; set; }

    /// <summary>
    /// Where other silos find this one: an IP address, a network interface or a host name. Empty: the first address of the machine that is not
    /// loopback, IPv4 before IPv6; with <see cref="OneSilo"/> 127.0.0.1. With <c>postgres</c> only.
    /// </summary>
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>The IP address to listen on for other silos, or 0.0.0.0. Empty: the advertised one. With <c>postgres</c> only.</summary>
    public string ListenAddress { get; set; } = "";

    /// <summary>Name of this silo in logs, traces and the membership table. Empty: one that Orleans makes up at each start.</summary>
    public string SiloName { get; set; } = "";

    /// <summary>This silo is the only one of its service, so that it may keep videos and jobs in files although its state is in PostgreSQL.</summary>
    public bool OneSilo { get; set; }

    /// <summary>Name of the cluster; silos of another name don't join.</summary>
    [Required]
    public string ClusterId { get; set; } = "ingestion";

    /// <summary>
    /// Name of the service that its state and jobs belong to, whatever cluster runs it. Two services that share a queue or a bucket must differ
    /// here; a service with state keeps its name.
    /// </summary>
    [Required]
    public string ServiceId { get; set; } = "ingestion";

    /// <summary>
    /// Whether silos that run in Kubernetes look at each other's pods: <c>auto</c>, where POD_NAME and POD_NAMESPACE tell the silo its pod, or
    /// <c>off</c>. With <c>postgres</c> only.
    /// </summary>
    [RegularExpression("auto|off")]
    public string Kubernetes { get; set; } = Auto;

    /// <summary>TLS between silos.</summary>
    public TlsSettings Tls { get; set; } = new();

    public bool IsPostgres => Kind == Postgres;

    /// <summary>The port to claim; 0 lets the system choose one.</summary>
    public int WantedPort => SiloPort ?? (IsPostgres ? PostgresSiloPort : 0);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsPostgres && ConnectionString.Length == 0)
            yield return new ValidationResult($"must be set when Ingestion:Cluster:Kind is {Postgres}", [nameof(ConnectionString)]);
        if (SiloName.Length > LongestSiloName)
            yield return new ValidationResult($"must be at most {LongestSiloName} characters", [nameof(SiloName)]);
    }
}
