namespace Ingestion.Status;

/// <summary>The sockets of this silo, as the governor and the silo's agent see them. Implemented by the edge.</summary>
public interface ISocketLoad
{
    /// <summary>Open ones.</summary>
    int Count { get; }

    /// <summary>Bytes that wait for slow readers in all of them together.</summary>
    long QueuedBytes { get; }

    /// <summary>What an operator sees of them; each is looked at.</summary>
    SocketFigures Look();

    /// <summary>Closes so many of them with 4201, each with another time to reconnect; returns how many.</summary>
    int Rebalance(int count);
}
