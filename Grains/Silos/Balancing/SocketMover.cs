using Ingestion.Grains.Silos.Deciding;
using Ingestion.Grains.Silos.Gossip;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;
using Ingestion.Status;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Silos.Balancing;

/// <summary>
/// Closes sockets of this silo that are too many for it, so that their clients reconnect where there is more room. How many there are elsewhere it knows from
/// the reports of the other silos; when to close how many is decided by <see cref="SocketRules"/>.
/// </summary>
internal sealed partial class SocketMover(
    ReportedSilos reported,
    IClusterMembershipService membership,
    ILocalSiloDetails self,
    IMemoryPressure pressure,
    BalanceMetrics metrics,
    IServiceProvider services,
    IOptions<MemoryOptions> options,
    TimeProvider time,
    ILogger<SocketMover> logger)
{
    // Null in a silo that takes no sockets.
    private readonly ISocketLoad? _sockets = services.GetService<ISocketLoad>();
    private readonly SocketRules _rules = new(options.Value.SocketMovesPerSecond);

    /// <summary>Called each second.</summary>
    public void Tick()
    {
        if (_sockets is null)
            return;
        var seen = Look(_sockets.Count);
        var count = _rules.Next(Uptime.Now(time), seen);
        if (_rules.Began)
            LogMoves(_rules.Reason, seen.Mine, seen.Others, seen.Receivers);
        if (count > 0)
            metrics.Moved(_rules.Reason, _sockets.Rebalance(count));
    }

    private ClusterSockets Look(int mine)
    {
        var seen = new ClusterSockets(pressure.Level, mine, Others: 0, Receivers: 0, Silos: 0, IsSettled: true);
        foreach (var (silo, member) in membership.CurrentSnapshot.Members)
        {
            if (silo.Equals(self.SiloAddress) || member.Status is SiloStatus.Dead)
                continue;
            var figures = member.Status is SiloStatus.Active ? reported.Find(silo) : null;
            var takesMore = figures is { Sockets: not null, Level: <= MemoryLevel.Elevated };
            seen = seen with
            {
                Others = seen.Others + (figures?.Sockets ?? 0),
                Receivers = seen.Receivers + (takesMore ? 1 : 0),
                // The order of members means nothing.
                Silos = seen.Silos ^ HashCode.Combine(silo, takesMore),
                IsSettled = seen.IsSettled && figures is not null,
            };
        }

        return seen;
    }

    [LoggerMessage(EventName = "SocketsMove", Level = LogLevel.Information,
        Message = "Sockets move to other silos ({Reason}): {Mine} here, {Others} in the others, of which {Receivers} have room")]
    private partial void LogMoves(MoveReason reason, int mine, int others, int receivers);
}
