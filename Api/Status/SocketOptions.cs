using System.ComponentModel.DataAnnotations;

namespace Ingestion.Api.Status;

/// <summary>Behaviour of the sockets.</summary>
public sealed class SocketOptions
{
    /// <summary>Seconds between two pings of the server; the first one comes after a random part of it.</summary>
    [Range(1, 300)]
    public int PingSeconds { get; set; } = 25;

    /// <summary>Seconds that a client has to answer a ping with any frame.</summary>
    [Range(1, 60)]
    public int PongSeconds { get; set; } = 10;
}
