namespace Ingestion.Grains.Silos.Deciding;

/// <summary>
/// Whether what stays after each full collection grows: the live bytes of an hour or so, one of them every five minutes. RSS itself would show load, and
/// no leak.
/// </summary>
internal sealed class FloorTrend
{
    /// <summary>Growth from which on it counts.</summary>
    public const double RisingBytesPerHour = 10L * 1024 * 1024;

    private const int MostFloors = 12;
    private const int FewestFloors = 4;

    private static readonly TimeSpan _apart = TimeSpan.FromMinutes(5);

    private readonly Queue<(TimeSpan At, long Bytes)> _floors = new(MostFloors);
    private TimeSpan _lastAt = TimeSpan.MinValue;
    private long _last;

    /// <summary>Whether each floor is higher than the one before, and all together by enough.</summary>
    public bool Rises { get; private set; }

    /// <summary>A full collection has left so much alive.</summary>
    public void Add(TimeSpan now, long liveBytes)
    {
        if (_floors.Count > 0 && now - _lastAt < _apart)
            return;
        if (liveBytes < _last)
            _floors.Clear();
        if (_floors.Count == MostFloors)
            _floors.Dequeue();
        _floors.Enqueue((now, liveBytes));
        (_lastAt, _last) = (now, liveBytes);
        var first = _floors.Peek();
        Rises = _floors.Count >= FewestFloors && liveBytes - first.Bytes >= RisingBytesPerHour * (now - first.At).TotalHours;
    }
}
