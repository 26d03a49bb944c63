using Ingestion.Silos;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Reach;

/// <summary>
/// Finds silos that are members of the cluster and do not answer this one: the network between the two is cut, and others see both, so that neither
/// is declared dead. Calls between the two time out for as long as that lasts. Looks only when calls have timed out, and until all answer again.
/// </summary>
internal sealed partial class SiloReach(
    IClusterMembershipService membership, ILocalSiloDetails self, IMemoryGovernorClient silos, CallTimeouts timeouts, ReachMetrics metrics, TimeProvider time,
    ILogger<SiloReach> logger) : BackgroundService
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    private HashSet<SiloAddress> _unreachable = [];

    /// <summary>Calls every other active silo once, and logs what has changed.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var others = membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status is SiloStatus.Active && !member.SiloAddress.Equals(self.SiloAddress)).Select(member => member.SiloAddress);
        var answers = await Task.WhenAll(others.Select(async silo => (Silo: silo, Came: await AnswersAsync(silo, cancellationToken))));
        var unreachable = answers.Where(answer => !answer.Came).Select(answer => answer.Silo).ToHashSet();
        // One that has become dead, or whose answer came in time, only now.
        unreachable.RemoveWhere(silo => membership.CurrentSnapshot.GetSiloStatus(silo) is not SiloStatus.Active);
        foreach (var silo in unreachable.Except(_unreachable))
            LogUnreachable(silo);
        foreach (var silo in _unreachable.Except(unreachable))
        {
            var status = membership.CurrentSnapshot.GetSiloStatus(silo);
            LogReached(silo, status);
        }

        (_unreachable, metrics.Unreachable) = (unreachable, unreachable.Count);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await timeouts.WaitAsync(_unreachable.Count > 0 ? _pause : Timeout.InfiniteTimeSpan, stoppingToken);
                await LookAsync(stoppingToken);
                await Task.Delay(_pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task<bool> AnswersAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        try
        {
            await silos.GetSampleAsync(silo).WaitAsync(_patience, time, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return false;
        }
    }

    [LoggerMessage(EventName = "SiloUnreachable", Level = LogLevel.Error,
        Message = "Silo {Silo} is a member of the cluster and does not answer this one: calls between the two time out. Look at the network between them")]
    private partial void LogUnreachable(SiloAddress silo);

    [LoggerMessage(EventName = "SiloReached", Level = LogLevel.Information,
        Message = "Silo {Silo}, which did not answer, does again or has gone: it is {Status}")]
    private partial void LogReached(SiloAddress silo, SiloStatus status);
}
