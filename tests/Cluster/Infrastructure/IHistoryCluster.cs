namespace Ingestion.Tests.Cluster.Infrastructure;

/// <summary>What the load of a history needs of its cluster.</summary>
internal interface IHistoryCluster
{
    /// <summary>What all silos have printed.</summary>
    string Log { get; }

    /// <summary>A client of a user, through the balancer.</summary>
    ApiClient As(string user, TimeSpan? patience = null);

    /// <summary>All silos run and see each other, whatever the history before left.</summary>
    Task RepairAsync();

    /// <summary>Each stored row has its bytes, and nothing is there twice: <c>check --deep</c> says so.</summary>
    Task AssertStoredDataIsRightAsync();
}
