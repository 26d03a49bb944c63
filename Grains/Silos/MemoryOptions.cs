using System.ComponentModel.DataAnnotations;

namespace Ingestion.Grains.Silos;

/// <summary>The silo's memory budget.</summary>
public sealed class MemoryOptions
{
    /// <summary>RSS the silo may use, in MiB; never more than 0.9 × the cgroup's limit.</summary>
    [Range(128, 1024 * 1024)]
    public int BudgetMebibytes { get; set; } = 512;

    /// <summary>RSS in MiB above which a silo that has become quiet gives memory back to the system; 0: never.</summary>
    [Range(0, 1024 * 1024)]
    public int ReclaimAboveMebibytes { get; set; } = 150;

    internal long ReclaimAboveBytes => ReclaimAboveMebibytes * 1024L * 1024L;

    internal long BudgetBytes => BudgetMebibytes * 1024L * 1024L;
}
