using System.ComponentModel.DataAnnotations;
using Orleans.Configuration;

namespace Ingestion.Silo.Hosting;

/// <summary>
/// When silos of a cluster take one of them for dead, and how long a call to one waits. The times of Orleans let a silo that hangs stop all
/// others for 67 s; these for about 7 s, and declared no running silo dead on machines with a load of 10 to 40. Section <c>Ingestion:Cluster</c>.
/// </summary>
internal sealed class MembershipSettings : IValidatableObject
{
    /// <summary>A probe waits so long at first, and is sent as often; then both follow what probes took.</summary>
    [Range(0.1, 60)]
    public double ProbeSeconds { get; set; } = 1;

    /// <summary>The shortest that a probe waits.</summary>
    [Range(0.1, 60)]
    public double MinProbeSeconds { get; set; } = 0.5;

    /// <summary>
    /// The longest that a probe waits. A connection that brought something within so many seconds for each of <see cref="MissedProbes"/> holds
    /// votes back.
    /// </summary>
    [Range(0.1, 60)]
    public double MaxProbeSeconds { get; set; } = 2;

    /// <summary>A silo that misses so many probes one after the other is suspected.</summary>
    [Range(1, 20)]
    public int MissedProbes { get; set; } = 3;

    /// <summary>
    /// How often a silo writes to the database that it is alive. A silo that starts waits for the answer of every silo whose entry is
    /// younger than three times this.
    /// </summary>
    [Range(1, 300)]
    public double IAmAliveSeconds { get; set; } = 5;

    /// <summary>How often a silo reads who is in the cluster, beside being notified of changes.</summary>
    [Range(1, 300)]
    public double TableRefreshSeconds { get; set; } = 10;

    /// <summary>
    /// A call between silos waits so long for its answer, then the request gets 503. What may take longer has a time of its own where it is
    /// declared.
    /// </summary>
    [Range(1, 300)]
    public double ResponseSeconds { get; set; } = 10;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MinProbeSeconds > ProbeSeconds)
            yield return new ValidationResult($"must be at most Ingestion:Cluster:{nameof(ProbeSeconds)}", [nameof(MinProbeSeconds)]);
        if (MaxProbeSeconds < ProbeSeconds)
            yield return new ValidationResult($"must be at least Ingestion:Cluster:{nameof(ProbeSeconds)}", [nameof(MaxProbeSeconds)]);
    }

    public void Apply(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = TimeSpan.FromSeconds(ProbeSeconds);
        options.MinProbeTimeout = TimeSpan.FromSeconds(MinProbeSeconds);
        options.MaxProbeTimeout = TimeSpan.FromSeconds(MaxProbeSeconds);
        options.NumMissedProbesLimit = MissedProbes;
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(IAmAliveSeconds);
        options.TableRefreshTimeout = TimeSpan.FromSeconds(TableRefreshSeconds);
    }

    public void Apply(MessagingOptions options) => options.ResponseTimeout = TimeSpan.FromSeconds(ResponseSeconds);
}
