using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Statistics;

namespace Ingestion.Grains.Silos.Placing;

/// <summary>
/// What Orleans' placement, shedding and statistics see of this silo: RSS and budget as the governor has them, where Orleans' own figures know the managed heap
/// and the machine. CPU is Orleans' own. The governor's figures are not filtered: RSS does not jump as the heap does between two collections.
/// </summary>
/// <param name="orleans">Orleans' own.</param>
/// <param name="services">Of the silo. The governor is looked up late: its parts need parts of Orleans that need this.</param>
internal sealed class TrueStatistics(IEnvironmentStatisticsProvider orleans, IServiceProvider services) : IEnvironmentStatisticsProvider
{
    private GovernorView? _view;

    public EnvironmentStatistics GetEnvironmentStatistics()
    {
        var cpu = orleans.GetEnvironmentStatistics();
        var last = (_view ??= services.GetRequiredService<GovernorView>()).Last;
        var used = last.Reading.Process.ResidentBytes;
        var free = Math.Max(0, last.BudgetBytes - used);
        // Orleans expects that a silo does not use more than there is.
        return Create(cpu.FilteredCpuUsagePercentage, cpu.RawCpuUsagePercentage, used, used, free, free, Math.Max(last.BudgetBytes, used));
    }

    // Its fields can't be set, and it has no public constructor. The test of the management grain's statistics fails when Orleans changes it.
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern EnvironmentStatistics Create(
        float cpu, float rawCpu, long used, long rawUsed, long available, long rawAvailable, long most);
}
