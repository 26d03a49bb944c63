using System.Collections.Concurrent;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;
using Ingestion.Status;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos.Gossip;

/// <summary>
/// Reports this silo's figures to the other silos. Each has at most one report under way: one that is frozen neither holds the others up nor gets a queue.
/// </summary>
internal sealed partial class SiloReporter(
    ISiloGossipClient silos,
    IClusterMembershipService membership,
    IClusterManifestProvider manifests,
    ILocalSiloDetails self,
    GovernorView view,
    IMemoryPressure pressure,
    IServiceProvider services,
    TimeProvider time,
    ILogger<SiloReporter> logger)
{
    private static readonly GrainInterfaceType _service = GrainInterfaceType.Create(ISiloGossip.WireName);

    // Null in a silo that takes no sockets.
    private readonly ISocketLoad? _sockets = services.GetService<ISocketLoad>();
    private readonly ConcurrentDictionary<SiloAddress, byte> _underWay = new();

    /// <summary>The figures of this silo now.</summary>
    public SiloFigures Read()
    {
        var last = view.Last;
        // The level of the pressure is what admission and the governor go by.
        return new SiloFigures(
            self.SiloAddress, Uptime.Now(time), pressure.Level, last.Reading.Process.ResidentBytes, last.BudgetBytes, _sockets?.Count);
    }

    /// <summary>Begins to report to all silos that are active and know of reports.</summary>
    public void Report(SiloFigures figures)
    {
        foreach (var (silo, member) in membership.CurrentSnapshot.Members)
        {
            if (member.Status == SiloStatus.Active && !silo.Equals(self.SiloAddress) && TakesReports(silo) && _underWay.TryAdd(silo, 0))
                _ = ReportAsync(silo, figures);
        }
    }

    /// <summary>A silo of an older release would log a warning for each report.</summary>
    private bool TakesReports(SiloAddress silo) =>
        manifests.Current.Silos.TryGetValue(silo, out var manifest) && manifest.Interfaces.ContainsKey(_service);

    /// <summary>Nothing waits for it: the next report says the same or something newer.</summary>
    private async Task ReportAsync(SiloAddress silo, SiloFigures figures)
    {
        try
        {
            await silos.ReportAsync(silo, figures);
        }
#pragma warning disable CA1031 // A silo that can't be reached; the next report tries again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotReported(e, silo);
        }
        finally
        {
            _underWay.TryRemove(silo, out _);
        }
    }

    [LoggerMessage(EventName = "MemoryNotReported", Level = LogLevel.Debug, Message = "Silo {Silo} was not reached to report this silo's memory")]
    private partial void LogNotReported(Exception exception, SiloAddress silo);
}
