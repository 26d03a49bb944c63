namespace Orleans.Runtime;

/// <summary>
/// Milliseconds that are read with one load: a timer keeps them. Call deadlines and idle times need no finer clock,
/// and a call that reads the real one pays for it.
/// </summary>
internal sealed class CoarseClock : IDisposable
{
    private static readonly TimeSpan s_resolution = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;
    private long _now;

    public CoarseClock(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        _timer = time.CreateDetachedTimer(static clock => ((CoarseClock)clock!).Advance(), this, s_resolution, s_resolution);
    }

    public event Action? Advanced;

    public long Now => Volatile.Read(ref _now);

    public void Dispose() => _timer.Dispose();

    private void Advance()
    {
        Volatile.Write(ref _now, (long)_time.GetElapsedTime(_start).TotalMilliseconds);
        Advanced?.Invoke();
    }
}
