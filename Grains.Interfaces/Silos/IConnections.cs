namespace Ingestion.Silos;

/// <summary>What clients have open in this silo. Absent in a silo that takes no requests.</summary>
public interface IConnections
{
    /// <summary>Ends connections.</summary>
    /// <returns>How many those were.</returns>
    int Disconnect(Disconnection which);

    /// <summary>The deny list has changed: it is read again, and what it denies now is ended.</summary>
    Task RefreshDeniedAsync();
}

/// <summary>Which connections are to be ended: exactly one of the two is set.</summary>
/// <param name="User">All sockets, event streams and polls of this user; guests who watch a video of the user are among them.</param>
/// <param name="ShareId">All sockets of guests who came with this share.</param>
[GenerateSerializer, Immutable, Alias("ingestion.disconnection")]
public sealed record Disconnection([property: Id(0)] string? User, [property: Id(1)] string? ShareId);

/// <summary>What came of it in the cluster.</summary>
/// <param name="Closed">How many connections were ended.</param>
/// <param name="Unreached">Silos that did not answer in time and are not known to be dead.</param>
public sealed record Disconnected(int Closed, int Unreached);
