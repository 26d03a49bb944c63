using System.ComponentModel.DataAnnotations;

namespace Ingestion.Api.Http.Connections;

/// <summary>How many clients one silo serves at a time, and how long one may be silent. Section <c>Ingestion:Connections</c>.</summary>
public sealed class ConnectionOptions
{
    /// <summary>
    /// Connections of one silo, WebSockets and event streams among them; more get 503 or are closed. Null or 0: as the limit of open files
    /// allows, which a number can only lower.
    /// </summary>
    [Range(0, 10_000_000)]
    public int? Max { get; set; }

    /// <summary>Of these, WebSockets and event streams; more get 503. Null: nine tenths of the limit above. 0: no limit.</summary>
    [Range(0, 10_000_000)]
    public int? MaxLasting { get; set; }

    /// <summary>
    /// Seconds that a connection may be idle after a request. Longer than the proxy in front keeps idle connections, or it meets closed ones.
    /// </summary>
    [Range(1, 3_600)]
    public int KeepAliveSeconds { get; set; } = 75;

    /// <summary>Seconds that a new connection has to begin its first request.</summary>
    [Range(1, 3_600)]
    public int FirstRequestSeconds { get; set; } = 20;
}
