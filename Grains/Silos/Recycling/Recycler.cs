using Ingestion.Grains.Silos.Deciding;
using Ingestion.Silos;
using Ingestion.Silos.Recycling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Silos.Recycling;

/// <summary>
/// Restarts this silo when the rules say so and it has the lease of the cluster, and ends the lease of its life before once it takes requests. Without the
/// lease it never goes: a silo above its budget still serves, and silos that go together leave none that does.
/// </summary>
internal sealed partial class Recycler(
    IGrainFactory grains,
    GovernorView memory,
    IMemoryPressure pressure,
    RequestCount requests,
    SiloSeat seat,
    ILocalSiloDetails self,
    IClusterMembershipService membership,
    IHostApplicationLifetime host,
    IServiceProvider services,
    RecycleMetrics metrics,
    IOptions<MemoryOptions> options,
    TimeProvider time,
    ILogger<Recycler> logger)
    : BackgroundService
{
    private const double ShortestPauseSeconds = 4;
    private const double LongestPauseSeconds = 8;

    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly ISiloEnd? _end = services.GetService<ISiloEnd>();
    private readonly RecycleRules _rules = new(options.Value.RecycleLimits(Random.Shared.NextDouble()));
    private volatile RecycleStep _step = RecycleStep.None;
    private volatile bool _isOrdered;
    private RecycleReason? _wanted;
    private bool _isRefused;
    private bool _isReturned;
    private long? _startedAt;
    private TimeSpan _nextTry;

    /// <summary>How far it is.</summary>
    public RecycleStep Step => _end is null ? RecycleStep.Unsupported : _step;

    private IRecycleLeaseGrain Lease => grains.GetGrain<IRecycleLeaseGrain>(RecycleLease.Key);

    /// <summary>An operator wants it. It goes when it has the lease.</summary>
    public RecycleStep Order()
    {
        _isOrdered = true;
        return Step is RecycleStep.None ? RecycleStep.Waiting : Step;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_end is null)
            return;
        using var timer = new PeriodicTimer(_period, time);
        try
        {
            while (_step is not RecycleStep.UnderWay && await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (host.ApplicationStarted.IsCancellationRequested)
                    await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        var uptime = Uptime();
        // A governor that only looks (Ingestion:Memory:Governor) sets no pressure.
        var isAbove = pressure.Level >= MemoryLevel.Emergency && memory.Last.IsEmergency;
        var reason = _rules.Observe(uptime, requests.Taken, isAbove, _isOrdered);
        if (reason is null && _wanted is null && _isReturned)
            return;
        if (reason is { } why && _wanted is null)
        {
            (_wanted, _step) = (why, RecycleStep.Waiting);
            LogWanted(why, uptime.TotalSeconds, requests.Taken, pressure.Level);
        }

        if (uptime < _nextTry)
            return;
        try
        {
            await StepAsync(reason, stopping);
        }
#pragma warning disable CA1031 // Grains and storage fail in many ways; the next look tries again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Wait();
            if (_wanted is not null && !_isRefused)
                LogUnreached(e);
            _isRefused |= _wanted is not null;
        }
    }

    private async Task StepAsync(RecycleReason? reason, CancellationToken stopping)
    {
        if (!_isReturned)
            await ReturnAsync(stopping);
        if (reason is { } why)
        {
            await TryGoAsync(why, stopping);
        }
        else if (_wanted is not null)
        {
            // An answer may have been lost.
            await Lease.ReleaseAsync(self.SiloAddress).WaitAsync(_patience, time, stopping);
            (_wanted, _isRefused, _step) = (null, false, RecycleStep.None);
            LogDropped(pressure.Level);
        }
    }

    private async Task ReturnAsync(CancellationToken stopping)
    {
        var reason = await Lease.ReturnAsync(seat.Name, self.SiloAddress).WaitAsync(_patience, time, stopping);
        _isReturned = true;
        if (reason is null)
            return;
        metrics.Returned(reason);
        LogCompleted(reason);
    }

    private async Task TryGoAsync(RecycleReason reason, CancellationToken stopping)
    {
        var lease = await Lease.TakeAsync(new RecycleClaim(seat.Name, self.SiloAddress, reason.Name(), _end!.Longest)).WaitAsync(_patience, time, stopping);
        if (!lease.Silo.Equals(self.SiloAddress))
        {
            Wait();
            if (!_isRefused)
                LogRefused(lease.Silo, lease.Until);
            _isRefused = true;
            return;
        }

        var others = membership.CurrentSnapshot.Members.Values.Count(
            member => member.Status is SiloStatus.Active && !member.SiloAddress.Equals(self.SiloAddress));
        if (others > 0)
            LogBegun(reason, lease.Until, others);
        else
            LogBegunAlone(reason, lease.Until);
        _step = RecycleStep.UnderWay;
        // A silo that was stopped meanwhile ends as it was to.
        if (!_end.Begin())
            await Lease.ReleaseAsync(self.SiloAddress).WaitAsync(_patience, time, CancellationToken.None);
    }

    /// <summary>Since it was first seen to take requests.</summary>
    private TimeSpan Uptime() => time.GetElapsedTime(_startedAt ??= time.GetTimestamp());

    // Silos that wait do not ask at the same time.
    private void Wait() =>
        _nextTry = Uptime() + TimeSpan.FromSeconds(ShortestPauseSeconds + (Random.Shared.NextDouble() * (LongestPauseSeconds - ShortestPauseSeconds)));
}
