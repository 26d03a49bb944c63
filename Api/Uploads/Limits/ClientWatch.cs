namespace Ingestion.Api.Uploads.Limits;

/// <summary>
/// Whether a client is slower than the least rate. Only time in which we wait for it counts, as how long the store or others take is not its
/// doing: the last <c>window</c> of that time, in tenths.
/// </summary>
/// <param name="bytesPerSecond">The least rate.</param>
/// <param name="window">Over how much time.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientWatch(int bytesPerSecond, TimeSpan window, TimeProvider time)
{
    private const int Tenths = 10;

    private readonly Lock _gate = new();
    private readonly long[] _tenths = new long[Tenths];
    private readonly double _least = bytesPerSecond * window.TotalSeconds;
    private TimeSpan _waited;
    private long _waitingSince;
    private long _came;
    private int _next;
    private bool _waiting;

    /// <summary>How often to look.</summary>
    public TimeSpan Period { get; } = window / Tenths;

    /// <summary>From now on the client is waited for.</summary>
    public void BeginWait()
    {
        lock (_gate)
            (_waiting, _waitingSince) = (true, time.GetTimestamp());
    }

    /// <summary>The wait is over, if there was one, and brought so many bytes.</summary>
    public void Came(long bytes)
    {
        lock (_gate)
        {
            if (_waiting)
                _waited += time.GetElapsedTime(_waitingSince);
            _waiting = false;
            _came += bytes;
        }
    }

    /// <summary>Whether the client is waited for and has been too slow for the whole window. To be called once a <see cref="Period"/>.</summary>
    public bool IsTooSlow()
    {
        lock (_gate)
        {
            if (!_waiting)
                return false;
            var now = time.GetTimestamp();
            _waited += time.GetElapsedTime(_waitingSince, now);
            _waitingSince = now;
            for (; _waited >= Period; _waited -= Period)
            {
                _tenths[_next++ % Tenths] = _came;
                _came = 0;
            }

            return _next >= Tenths && _tenths.Sum() < _least;
        }
    }
}
