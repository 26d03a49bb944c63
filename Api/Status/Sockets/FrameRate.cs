namespace Ingestion.Api.Status.Sockets;

/// <summary>
/// How fast one client may send: a window of frames at once, and two a second come back (GCRA: the state is one number).
/// Times are timestamps of the socket's clock.
/// </summary>
internal struct FrameRate
{
    private const int PerSecond = 2;

    private long _paidUntil;

    /// <summary>Whether one more frame is within the window of <paramref name="window"/>.</summary>
    public bool Take(long now, long frequency, int window)
    {
        _paidUntil = Math.Max(_paidUntil, now) + (frequency / PerSecond);
        return _paidUntil - now <= window * (frequency / PerSecond);
    }

    /// <summary>The frame that was taken last costs nothing.</summary>
    public void GiveBack(long frequency) => _paidUntil -= frequency / PerSecond;
}
