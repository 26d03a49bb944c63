namespace Ingestion.Api.RateLimits;

/// <summary>
/// A rate for each key: a burst at once, and so many a second come back (GCRA: the state is one number, the time until which a key has paid). Keys share a
/// fixed number of slots by a hash that callers can't foresee, so memory does not follow them; a caller with many keys would have to exceed the rate
/// of each slot to fill the table.
/// </summary>
/// <remarks>
/// The partitioned limiters of the framework hold an object of some hundred bytes for each key, and a caller with a /48 of IPv6 has 65,536 of them.
/// </remarks>
internal sealed class RateTable
{
    private const int Slots = 16 * 1024;

    private readonly TimeProvider _time;
    private readonly Lazy<long[]> _paidUntil = new(() => new long[Slots]);
    private readonly long _price;
    private readonly long _credit;

    public RateTable(double perSecond, int burst, TimeProvider time)
    {
        (_time, Burst) = (time, burst);
        _price = Math.Max(1, (long)(time.TimestampFrequency / perSecond));
        _credit = burst * _price;
        Window = (long)Math.Ceiling(burst / perSecond);
    }

    /// <summary>How many may come at once after a pause.</summary>
    public int Burst { get; }

    /// <summary>Seconds after which a burst that was used up has come back.</summary>
    public long Window { get; }

    /// <summary>Takes one.</summary>
    public RateState Take(string key)
    {
        ref var slot = ref Slot(key);
        while (true)
        {
            var (paid, now) = (Volatile.Read(ref slot), _time.GetTimestamp());
            var next = Math.Max(paid, now) + _price;
            if (next - now > _credit)
                return new RateState(Left: 0, Seconds(Math.Max(paid, now) - now), Seconds(next - _credit - now));
            if (Interlocked.CompareExchange(ref slot, next, paid) == paid)
                return new RateState((_credit - (next - now)) / _price, Seconds(next - now), RetryAfter: null);
        }
    }

    /// <summary>Whether one could be taken now: null, or how long until then.</summary>
    public TimeSpan? Wait(string key)
    {
        var now = _time.GetTimestamp();
        var next = Math.Max(Volatile.Read(ref Slot(key)), now) + _price;
        return next - now > _credit ? TimeSpan.FromSeconds(Seconds(next - _credit - now)) : null;
    }

    /// <summary>Takes one, whether there is one or not; below nothing it does not go.</summary>
    /// <returns>How long to wait so that the rest of the burst is not used up faster than it comes back; zero in its first tenth.</returns>
    public TimeSpan Charge(string key)
    {
        ref var slot = ref Slot(key);
        while (true)
        {
            var (paid, now) = (Volatile.Read(ref slot), _time.GetTimestamp());
            var next = Math.Min(Math.Max(paid, now) + _price, now + _credit);
            if (Interlocked.CompareExchange(ref slot, next, paid) == paid)
                return next - now > _credit / 10 ? TimeSpan.FromSeconds(Seconds(_price)) : TimeSpan.Zero;
        }
    }

    /// <summary>Returns permits that were taken.</summary>
    public void GiveBack(string key, int count) => Interlocked.Add(ref Slot(key), -count * _price);

    private double Seconds(long ticks) => ticks / (double)_time.TimestampFrequency;

    private ref long Slot(string key) => ref _paidUntil.Value[string.GetHashCode(key, StringComparison.Ordinal) & (Slots - 1)];
}

/// <summary>A key after it was looked at.</summary>
/// <param name="Left">How many more may come now.</param>
/// <param name="Reset">Seconds until all are available again.</param>
/// <param name="RetryAfter">Seconds until one may come, when this one may not.</param>
internal readonly record struct RateState(long Left, double Reset, double? RetryAfter);
