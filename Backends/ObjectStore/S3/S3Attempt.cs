namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>
/// One try of a request: what ends it. Its time, which begins anew with every progress; and its caller leaving, but only as long as the store can't have
/// the whole of it. After that it is unknown whether the store does it, so that a caller that went on could be overtaken by its own request.
/// </summary>
internal sealed class S3Attempt : IDisposable
{
    private const int Open = 0;
    private const int Whole = 1;
    private const int Left = 2;

    private readonly CancellationTokenSource _end;
    private readonly CancellationTokenRegistration _caller;
    private readonly TimeSpan _limit;
    private int _state = Open;

    public S3Attempt(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        _limit = limit;
        _end = new CancellationTokenSource(limit, time);
        _caller = caller.UnsafeRegister(static attempt => ((S3Attempt)attempt!).Leave(), this);
    }

    public CancellationToken Token => _end.Token;

    /// <summary>Whether it was its time that ended it.</summary>
    public bool HasTimedOut => _end.IsCancellationRequested && Volatile.Read(ref _state) != Left;

    /// <summary>Bytes have gone: the time begins anew, as a slow way to the store is no store that hangs.</summary>
    public void Progress() => _end.CancelAfter(_limit);

    /// <summary>The last bytes go now.</summary>
    /// <exception cref="OperationCanceledException">The caller has left before.</exception>
    public void BecomeWhole()
    {
        if (Interlocked.CompareExchange(ref _state, Whole, Open) == Left)
            throw new OperationCanceledException(Token);
    }

    public void Dispose()
    {
        _caller.Dispose();
        _end.Dispose();
    }

    private void Leave()
    {
        if (Interlocked.CompareExchange(ref _state, Left, Open) == Open)
            _end.Cancel();
    }
}
