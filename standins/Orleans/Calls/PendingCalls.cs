namespace Orleans.Runtime;

/// <summary>
/// The calls of one silo or client that wait for an answer. Kept to time them out and to fail those whose silo died.
/// Linked lists in stripes, so that adding and removing costs an uncontended lock and no allocation.
/// </summary>
internal sealed class PendingCalls
{
    private readonly Stripe[] _stripes = [.. Enumerable.Range(0, Math.Max(4, Environment.ProcessorCount * 2)).Select(_ => new Stripe())];
    private readonly CoarseClock _clock;

    public PendingCalls(CoarseClock clock)
    {
        _clock = clock;
        _clock.Advanced += TimeOutLate;
    }

    public void Add(GrainCall call, TimeSpan timeout)
    {
        call.Deadline = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : _clock.Now + (long)timeout.TotalMilliseconds;
        var index = Thread.GetCurrentProcessorId() % _stripes.Length;
        call.Stripe = index;
        _stripes[index].Add(call);
    }

    public void Remove(GrainCall call)
    {
        if (call.Stripe >= 0)
            _stripes[call.Stripe].Remove(call);
    }

    /// <summary>Fails the calls that wait for something that lived in a silo or client that has gone.</summary>
    public void FailCallsTo(RuntimeClient gone, Func<GrainCall, Exception> reason)
    {
        foreach (var call in Where(call => call.Target?.Client == gone))
            call.Fail(reason(call));
    }

    public void FailAll(Func<GrainCall, Exception> reason)
    {
        foreach (var call in Where(static _ => true))
            call.Fail(reason(call));
    }

    private void TimeOutLate()
    {
        var now = _clock.Now;
        foreach (var call in Where(call => call.Deadline < now))
            call.TimeOut(call.Request.Description.Timeout ?? call.Client.ResponseTimeout);
    }

    // Collected first, acted upon without the lock: ending a call removes it.
    private List<GrainCall> Where(Predicate<GrainCall> condition)
    {
        var found = new List<GrainCall>();
        foreach (var stripe in _stripes)
            stripe.Collect(condition, found);

        return found;
    }

    private sealed class Stripe
    {
        private readonly Lock _gate = new();
        private GrainCall? _first;

        public void Add(GrainCall call)
        {
            lock (_gate)
            {
                call.Next = _first;
                if (_first is not null)
                    _first.Previous = call;
                _first = call;
            }
        }

        public void Remove(GrainCall call)
        {
            lock (_gate)
            {
                if (call.Next is { } next)
                    next.Previous = call.Previous;
                if (call.Previous is { } previous)
                    previous.Next = call.Next;
                else if (_first == call)
                    _first = call.Next;

                call.Next = call.Previous = null;
            }
        }

        public void Collect(Predicate<GrainCall> condition, List<GrainCall> found)
        {
            lock (_gate)
            {
                for (var call = _first; call is not null; call = call.Next)
                {
                    if (condition(call))
                        found.Add(call);
                }
            }
        }
    }
}
