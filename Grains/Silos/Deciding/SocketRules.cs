using Ingestion.Silos;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>
/// Decides when sockets of this silo have to move to others, and how many (pure). They move in rounds: a round closes what was too much when it began, and the
/// next one comes later each time while rounds follow each other. Wherever clients reconnect to, even if it is here again, that bounds how many are closed.
/// </summary>
/// <param name="perSecond">How many are closed in a second, at most; 0: never any.</param>
internal sealed class SocketRules(int perSecond)
{
    /// <summary>A round by share begins above this multiple of the share, and ends at <see cref="Enough"/>.</summary>
    public const double TooMany = 1.2;

    /// <summary>A round by share ends here.</summary>
    public const double Enough = 1.05;

    /// <summary>Fewer are not worth it that their clients reconnect.</summary>
    public const int Least = 100;

    /// <summary>For so long silos and shares must have stood. Clients that were sent away have reconnected by then.</summary>
    public static readonly TimeSpan Standing = TimeSpan.FromSeconds(30);

    /// <summary>Between the first two rounds; twice as long after each that follows.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);

    /// <summary>It grows no longer than this.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>The pause starts anew once there was no round for so long, and for twice the pause.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private TimeSpan? _at;
    private TimeSpan? _standsSince;
    private int _silos;
    private TimeSpan? _endedAt;
    private TimeSpan _pause = FirstPause;
    private double _credit;
    private int _left;

    /// <summary>Why sockets move now.</summary>
    public MoveReason Reason { get; private set; }

    /// <summary>Whether <see cref="Next"/> has just begun a round.</summary>
    public bool Began { get; private set; }

    /// <summary>How many sockets are to be closed now.</summary>
    public int Next(TimeSpan now, in ClusterSockets seen)
    {
        var elapsed = _at is { } at && now - at < _second ? now - at : _second;
        _at = now;
        Observe(now, seen);
        Began = false;
        if (Reason == MoveReason.None)
            Begin(now, seen);
        else if (IsOver(seen))
            End(now);
        if (Reason == MoveReason.None)
            return 0;
        _credit = Math.Min(perSecond, _credit + perSecond * elapsed.TotalSeconds);
        var count = Math.Min((int)_credit, Math.Min(_left, Excess(seen)));
        (_credit, _left) = (_credit - count, _left - count);
        return count;
    }

    /// <summary>The others have to have been the same, and this silo above its share, all the time.</summary>
    private void Observe(TimeSpan now, in ClusterSockets seen)
    {
        var stands = seen.IsSettled && seen.Silos == _silos && (Reason == MoveReason.Share || IsAboveShare(seen));
        _silos = seen.Silos;
        _standsSince = stands ? _standsSince ?? now : null;
    }

    private void Begin(TimeSpan now, in ClusterSockets seen)
    {
        if (perSecond == 0 || seen.Receivers == 0 || now - _endedAt < _pause)
            return;
        if (seen.Level >= MemoryLevel.Critical && seen.Mine >= 2 * Least)
            Start(MoveReason.Memory, now, seen.Mine / 2);
        else if (now - _standsSince >= Standing)
            Start(MoveReason.Share, now, Excess(seen));
    }

    private void Start(MoveReason reason, TimeSpan now, int count)
    {
        var follows = now - _endedAt < Calm || now - _endedAt < 2 * _pause;
        _pause = follows ? TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, LongestPause.Ticks)) : FirstPause;
        (Reason, Began, _left, _credit) = (reason, true, count, 0);
    }

    private bool IsOver(in ClusterSockets seen) => _left == 0 || seen.Receivers == 0 || Reason switch
    {
        MoveReason.Memory => seen.Level < MemoryLevel.Critical,
        _ => _standsSince is null || seen.Level > MemoryLevel.Elevated || seen.Mine <= Enough * Share(seen),
    };

    private void End(TimeSpan now)
    {
        Reason = MoveReason.None;
        (_endedAt, _standsSince, _left) = (now, null, 0);
    }

    /// <summary>Never more than what is above the share, so that no other silo can come to be further above it than this one was.</summary>
    private int Excess(in ClusterSockets seen) =>
        Reason == MoveReason.Memory ? seen.Mine : Math.Max(0, seen.Mine - (int)Math.Ceiling(Share(seen)));

    private static bool IsAboveShare(in ClusterSockets seen) =>
        seen.Level <= MemoryLevel.Elevated && seen.Mine > TooMany * Share(seen) && seen.Mine - Share(seen) >= Least;

    /// <summary>What each silo that has room would have if they had all of them.</summary>
    private static double Share(in ClusterSockets seen) => ((double)seen.Mine + seen.Others) / (seen.Receivers + 1);
}

/// <summary>Why sockets move.</summary>
internal enum MoveReason
{
    /// <summary>They don't.</summary>
    None,

    /// <summary>The silo has more than its share.</summary>
    Share,

    /// <summary>The silo is short of memory.</summary>
    Memory,
}

/// <summary>The sockets of a cluster as one silo sees them.</summary>
/// <param name="Level">Of this silo.</param>
/// <param name="Mine">Sockets of this silo.</param>
/// <param name="Others">Sockets of the other silos together.</param>
/// <param name="Receivers">How many other silos take sockets and are at level 1 or below.</param>
/// <param name="Silos">Another number when the other silos, or which of them are receivers, have changed.</param>
/// <param name="IsSettled">No silo is joining or leaving, and each has reported.</param>
internal readonly record struct ClusterSockets(MemoryLevel Level, int Mine, int Others, int Receivers, int Silos, bool IsSettled);
