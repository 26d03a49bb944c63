using Ingestion.Tests.Cluster.Infrastructure;

namespace Ingestion.Tests.Cluster.Upgrades;

/// <summary>As <see cref="HistoryFactAttribute"/>, where former releases can be started too.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UpgradeFactAttribute : FactAttribute
{
    public UpgradeFactAttribute() => Skip = HistoryFactAttribute.Missing ?? Release.Former.Missing ?? Release.Before.Missing;
}
