using Ingestion.Silos;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>Leads from a silo to the connections of its edge, which are in one process in the executable and have a container of their own here.</summary>
public sealed class EdgeConnections : IConnections
{
    /// <summary>Of the edge; null while it has none, or does not answer.</summary>
    public IConnections? Edge { get; set; }

    public int Disconnect(Disconnection which) => Edge?.Disconnect(which) ?? 0;

    public Task RefreshDeniedAsync() => Edge?.RefreshDeniedAsync() ?? Task.CompletedTask;
}
