using Ingestion.Grains.Silos.Balancing;
using Ingestion.Silos;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos.Gossip;

/// <summary>The clock of what goes on between silos: reports each second and at once when the level changes; then sockets that have to move.</summary>
internal sealed class SiloGossipLoop(
    SiloReporter reporter,
    ReportedSilos reported,
    SocketMover mover,
    IClusterMembershipService membership,
    IMemoryPressure pressure,
    TimeProvider time,
    ILogger<SiloGossipLoop> logger) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    private readonly LoopGuard _guard = new(nameof(SiloGossipLoop), logger);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = new PeriodicTimer(_period, time);
        // The governor's thread does not wait for anything.
        void OnChanged(MemoryLevel level) => ThreadPool.UnsafeQueueUserWorkItem(static loop => loop.Report(), this, preferLocal: false);
        pressure.Changed += OnChanged;
        try
        {
            while (await clock.WaitForNextTickAsync(stoppingToken))
            {
                Report();
                _guard.Try("a look at the sockets of all silos", mover.Tick);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
        finally
        {
            pressure.Changed -= OnChanged;
        }
    }

    private void Report() => _guard.Try("the report to other silos", () =>
    {
        reported.Keep(silo => membership.CurrentSnapshot.GetSiloStatus(silo) is not (SiloStatus.None or SiloStatus.Dead));
        reporter.Report(reporter.Read());
    });
}
