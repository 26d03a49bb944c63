using System.ComponentModel.DataAnnotations;

namespace Ingestion.Silo.Hosting;

/// <summary>How a silo stops. Section <c>Ingestion:Cluster</c>.</summary>
internal sealed class StopSettings
{
    /// <summary>
    /// For how long a silo that is to stop serves on while it is not ready any more, in seconds, so that balancers notice. Empty: 5 with
    /// <c>postgres</c> and the role api, otherwise 0.
    /// </summary>
    [Range(0, 600)]
    public int? UnreadySeconds { get; set; }

    /// <summary>How long requests of a silo that stops may last after that, in seconds, before they are interrupted.</summary>
    [Range(0, 3600)]
    public int DrainSeconds { get; set; } = 10;
}
