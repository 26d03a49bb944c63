using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Freezes;

/// <summary>
/// Whether this silo may answer from what its grains know. A process that was frozen (a paused container, a virtual machine that was moved, a laptop
/// that slept) may have been declared dead meanwhile, and its grains live in other silos: it reads who is in the cluster before it answers anything
/// more. Nothing that is stored depends on this: ETags and tombstones keep a silo that does not know from writing.
/// </summary>
/// <remarks>A silo that finds itself declared dead is ended by Orleans while it reads that.</remarks>
internal sealed partial class FreezeGuard(IClusterMembershipService membership, ILocalSiloDetails silo, TimeProvider time, ILogger<FreezeGuard> logger)
    : BackgroundService
{
    // Other silos need longer than this to declare one dead, whatever the settings of its cluster.
    internal static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(250);

    // A request that waits longer is answered that it is to come again.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task<bool> _check = Task.FromResult(true);
    private volatile bool _isSuspect;
    private long _beat = time.GetTimestamp();
    private long _beatAt = time.GetUtcNow().Ticks;
    private int _freezes;

    /// <summary>Whether it was frozen and does not know yet what became of it.</summary>
    public bool IsSuspect => _isSuspect || Gap() > LongestGap;

    /// <summary>Whether the silo is still a member, which is looked up where it may have been declared dead; false when that can't be looked up.</summary>
    public ValueTask<bool> MayAnswerAsync() => IsSuspect ? new(CheckAsync()) : new(true);

    /// <summary>A start takes a while, and no request comes before it is over.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Beat(time.GetTimestamp(), time.GetUtcNow().Ticks);
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Beats, and looks up what became of a silo that has not for too long.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = new PeriodicTimer(_period, time);
        try
        {
            while (await clock.WaitForNextTickAsync(stoppingToken))
            {
                // The beats go on while it is read; that ends without an exception.
                _ = CheckAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private Task<bool> CheckAsync()
    {
        lock (_gate)
        {
            // Read before it is kept: a freeze in between shows at the next look.
            var (now, wall) = (time.GetTimestamp(), time.GetUtcNow().Ticks);
            if (Gap() is var gap && gap > LongestGap)
            {
                _isSuspect = true;
                _freezes++;
                LogFrozen(gap);
            }

            Beat(now, wall);
            if (_isSuspect && _check.IsCompleted)
                _check = ReadAsync();
            return _check;
        }
    }

    private async Task<bool> ReadAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(_patience, time);
            // Frozen again while it was read, what was read is old.
            for (var freezes = -1; freezes != Volatile.Read(ref _freezes);)
            {
                freezes = Volatile.Read(ref _freezes);
                await membership.Refresh(default, patience.Token).AsTask().WaitAsync(patience.Token);
            }

            var isMember = membership.CurrentSnapshot.GetSiloStatus(silo.SiloAddress) is not (SiloStatus.Dead or SiloStatus.None);
            _isSuspect = !isMember;
            return isMember;
        }
#pragma warning disable CA1031 // Databases fail in many ways; each means that it is not known, and the next request looks again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnknown(e);
            return false;
        }
    }

    /// <summary>
    /// Since the last beat, by the clock that goes on: that of the process stands still while its machine sleeps, and that of the wall may be set back.
    /// </summary>
    internal TimeSpan Gap()
    {
        var (steady, wall) = (time.GetElapsedTime(Volatile.Read(ref _beat)), time.GetUtcNow().Ticks - Volatile.Read(ref _beatAt));
        return steady.Ticks > wall ? steady : new TimeSpan(wall);
    }

    private void Beat(long timestamp, long wall)
    {
        Volatile.Write(ref _beatAt, wall);
        Volatile.Write(ref _beat, timestamp);
    }

    [LoggerMessage(EventName = "SiloFrozen", Level = LogLevel.Warning,
        Message = "This silo did nothing for {Gap}; it looks up whether it was declared dead before it answers requests")]
    private partial void LogFrozen(TimeSpan gap);

    [LoggerMessage(EventName = "MembershipUnknown", Level = LogLevel.Warning,
        Message = "It could not be looked up whether this silo was declared dead; requests get 503")]
    private partial void LogUnknown(Exception exception);
}
