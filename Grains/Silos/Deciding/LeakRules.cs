using System.Runtime.InteropServices;
using Ingestion.Silos;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>
/// Whether one kind of memory leaks: pure. Growth is fitted on floors of the last one, two and six hours: a short window finds a fast leak soon, a long one
/// separates a slow leak from noise. RSS itself shows load.
/// </summary>
internal sealed class LeakRules
{
    /// <summary>Before this a silo compiles code and fills its caches: its floors do not count.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(30);

    private const double Mebibyte = 1024 * 1024;

    // A fit has an error, and 50 MB are 47.7 MiB: a slope that is 90 % of a mark reaches it.
    private const double Reached = 0.9;

    // Below this share of its mark a verdict ends. Between the two it stays, so that noise does not make it flicker.
    private const double Left = 0.7;

    // So many floors in a row must say it: by noise a step of load can pass for even growth at one of them.
    private const int Repeats = 2;

    private static readonly double[] _marks = [0, 10 * Mebibyte, 50 * Mebibyte, 100 * Mebibyte];
    private static readonly TimeSpan _apart = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _shortest = TimeSpan.FromHours(1);
    private static readonly TimeSpan _middle = TimeSpan.FromHours(2);
    private static readonly TimeSpan _longest = TimeSpan.FromHours(6);
    private static readonly TimeSpan[] _windows = [_shortest, _middle, _longest];

    private readonly List<Floor> _floors = [];
    private readonly Queue<LeakVerdict> _reached = new(Repeats);

    /// <summary>The verdict now.</summary>
    public LeakVerdict Verdict { get; private set; }

    /// <summary>Growth of the floor, without what activations explain; null until there are four floors over 45 minutes.</summary>
    public double? BytesPerHour { get; private set; }

    /// <summary>The newest floor; null before the first one.</summary>
    public Floor? Last => _floors.Count > 0 ? _floors[^1] : null;

    /// <summary>How many floors are known.</summary>
    public int Floors => _floors.Count;

    /// <summary>Takes a floor; true when the verdict has changed. Of floors less than five minutes apart the first one counts.</summary>
    /// <param name="uptime">For how long the silo has run, on the clock of the floor.</param>
    /// <param name="floor">The floor.</param>
    public bool Add(TimeSpan uptime, in Floor floor)
    {
        if (uptime < WarmUp || floor.At - Last?.At < _apart)
            return false;
        var oldest = floor.At - _longest;
        _floors.RemoveAll(known => known.At < oldest);
        _floors.Add(floor);
        var before = Verdict;
        Judge();
        return Verdict != before;
    }

    private void Judge()
    {
        var floors = CollectionsMarshal.AsSpan(_floors);
        double? steady = null;
        foreach (var window in _windows)
        {
            if (FloorLine.Fit(floors, window) is { IsSteady: true } fit && !(fit.BytesPerHour <= steady))
                steady = fit.BytesPerHour;
        }

        BytesPerHour = steady ?? FloorLine.Fit(floors, _middle)?.BytesPerHour ?? FloorLine.Fit(floors, _shortest)?.BytesPerHour;
        _reached.Enqueue(Highest(steady, Reached));
        if (_reached.Count > Repeats)
            _reached.Dequeue();
        var reached = _reached.Count == Repeats ? _reached.Min() : LeakVerdict.None;
        var kept = Highest(BytesPerHour, Left);
        Verdict = reached > Verdict ? reached : (LeakVerdict)Math.Min((byte)Verdict, (byte)kept);
    }

    private static LeakVerdict Highest(double? bytesPerHour, double share)
    {
        var verdict = LeakVerdict.None;
        for (var next = LeakVerdict.Watch; next <= LeakVerdict.Critical; next++)
        {
            if (bytesPerHour >= share * _marks[(int)next])
                verdict = next;
        }

        return verdict;
    }
}
