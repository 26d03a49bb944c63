namespace Ingestion.Api.Reach;

/// <summary>The statuses of Orleans in words.</summary>
internal static class SiloStatusName
{
    public static string Of(SiloStatus status) => status switch
    {
        SiloStatus.Created or SiloStatus.Joining => "joining",
        SiloStatus.Active => "active",
        SiloStatus.ShuttingDown or SiloStatus.Stopping => "stopping",
        SiloStatus.Dead => "dead",
        _ => "unknown",
    };
}
