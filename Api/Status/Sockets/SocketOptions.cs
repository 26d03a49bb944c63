using System.ComponentModel.DataAnnotations;

namespace Ingestion.Api.Status.Sockets;

/// <summary>Behaviour of the sockets.</summary>
public sealed class SocketOptions
{
    /// <summary>Seconds between two pings of the server; the first one comes after a random part of it.</summary>
    [Range(1, 300)]
    public int PingSeconds { get; set; } = 25;

    /// <summary>Seconds that a client has to answer a ping with any frame.</summary>
    [Range(1, 60)]
    public int PongSeconds { get; set; } = 8;

    /// <summary>Sockets of one user in the whole cluster, without those of guests; 0 means no limit.</summary>
    [Range(0, 100_000)]
    public int MaxSocketsPerUser { get; set; } = 100;

    /// <summary>Sockets in the whole cluster that one share link lets in; 0 means no limit.</summary>
    [Range(0, 100_000)]
    public int MaxGuestsPerShare { get; set; } = 1_000;

    /// <summary>Sockets in the whole cluster of those who watch one user's shared videos, by all links together; 0 means no limit.</summary>
    [Range(0, 100_000)]
    public int MaxGuestsPerUser { get; set; } = 10_000;

    /// <summary>New sockets a second of one silo; more are refused with a time to retry. 0 means no limit.</summary>
    [Range(0, 1_000_000)]
    public int AcceptsPerSecond { get; set; } = 2_000;

    /// <summary>Frames that a client may send at once; two a second come back. An acknowledgement of something new costs nothing.</summary>
    [Range(10, 100_000)]
    public int FrameWindow { get; set; } = 120;

    /// <summary>
    /// What may wait for slow readers in all sockets of one silo, in MiB, and never more than an eighth of its memory budget; beyond it those for which
    /// something waits are closed with 4103.
    /// </summary>
    [Range(1, 65_536)]
    public int QueueMebibytes { get; set; } = 64;

    /// <summary>Whether permessage-deflate is agreed on with clients that offer it, for messages of more than 1 KiB.</summary>
    public bool Deflate { get; set; }

    /// <summary>How long after its token has expired a client may still bring a new one, in seconds.</summary>
    [Range(0, 3_600)]
    public int ExpiryGraceSeconds { get; set; } = 10;

    /// <summary>Over how many seconds a stopping silo sends its clients away, where it has many: at least 200 go each second.</summary>
    [Range(1, 600)]
    public int DrainSpreadSeconds { get; set; } = 5;
}
