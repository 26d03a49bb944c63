namespace Ingestion.Grains.Silos.Deciding;

/// <summary>
/// How often the governor may stop the silo to collect: pure. Once in ten seconds, and for 1 % of any minute; in an emergency only the former, as the silo would
/// recycle itself next.
/// </summary>
internal sealed class PauseBudget
{
    /// <summary>Between two collections.</summary>
    public static readonly TimeSpan Apart = TimeSpan.FromSeconds(10);

    /// <summary>What is looked back on.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>All pauses of a window together.</summary>
    public static readonly TimeSpan Most = Window / 100;

    // Before the first one: measured 21 to 151 ms at 100 to 450 MiB of live objects.
    private static readonly TimeSpan _usual = TimeSpan.FromMilliseconds(100);

    private readonly Queue<(TimeSpan At, TimeSpan Pause)> _pauses = new();
    private TimeSpan? _lastAt;
    private TimeSpan _last = _usual;

    /// <summary>Whether one more pause, as long as the last one, is within the budget.</summary>
    public bool Allows(TimeSpan now, bool isEmergency = false)
    {
        if (isEmergency)
            return !(now - _lastAt < Apart);
        while (_pauses.TryPeek(out var oldest) && now - oldest.At >= Window)
            _pauses.Dequeue();
        var spent = TimeSpan.Zero;
        foreach (var (_, pause) in _pauses)
            spent += pause;
        // One that takes more than the whole budget is made when the minute before had none.
        return !(now - _lastAt < Apart) && (_pauses.Count == 0 || spent + _last <= Most);
    }

    /// <summary>The silo was stopped for so long.</summary>
    public void Spend(TimeSpan now, TimeSpan pause)
    {
        (_lastAt, _last) = (now, pause);
        _pauses.Enqueue((now, pause));
    }
}
