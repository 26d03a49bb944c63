using Ingestion.Status;

namespace Ingestion.Api.Status.Places;

/// <summary>The holders of one user in this silo, and where the user's grain is. Mostly one holder: there are tens of thousands of these.</summary>
internal sealed class PlacesOfUser
{
    private IPlaceHolder[] _holders = [];
    private SiloAddress? _grain;
    private long _heardAt;
    private bool _isAtRest;
    private bool _isOver;

    /// <summary>False when the last holder has left, and this is not in the table any more.</summary>
    public bool TryAdd(IPlaceHolder holder)
    {
        lock (this)
        {
            if (!_isOver)
                _holders = [.. _holders, holder];
            return !_isOver;
        }
    }

    /// <summary>Takes a holder off; whether there is none left, and whether the grain was at rest.</summary>
    public (bool IsEmpty, bool IsAtRest) Remove(IPlaceHolder holder)
    {
        lock (this)
        {
            _holders = [.. _holders.Where(other => other != holder)];
            _isOver = _holders.Length == 0;
            return (_isOver, _isAtRest);
        }
    }

    public IReadOnlyList<IPlaceHolder> Holders() => Volatile.Read(ref _holders);

    /// <summary>The grain is active in that silo.</summary>
    public void Heard(SiloAddress? grain, long now)
    {
        lock (this)
            (_grain, _heardAt, _isAtRest) = (grain, now, false);
    }

    /// <summary>Whether nothing has to be said to the grain: it looks for the holders when it is active again.</summary>
    public bool IsAtRest
    {
        get
        {
            lock (this)
                return _isAtRest;
        }
    }

    /// <summary>The sum of the holders that have their place, see <see cref="PlaceSum"/>.</summary>
    public long Sum
    {
        get
        {
            var sum = 0L;
            foreach (var holder in Holders())
            {
                if (holder.IsAdmitted)
                    sum = unchecked(sum + PlaceSum.Of(holder.Id));
            }

            return sum;
        }
    }

    /// <summary>
    /// The grain is not active in that silo any more, and will look for the holders when it is active again. Another one's is meanwhile, maybe. Where it was
    /// has not been heard of before a holder renews; then the grain has stored them if it knew the same ones.
    /// </summary>
    public void Rest(SiloAddress silo, long? sum)
    {
        lock (this)
        {
            if (_grain is null && sum == Sum)
                _grain = silo;
            _isAtRest |= silo.Equals(_grain);
        }
    }

    /// <summary>True, once, when <paramref name="isGone"/> says of the grain's silo, when it was last heard of and whether the grain is at rest, that it has gone.</summary>
    public bool Forget(Func<SiloAddress, long, bool, bool> isGone)
    {
        lock (this)
        {
            if (_grain is null || !isGone(_grain, _heardAt, _isAtRest))
                return false;
            (_grain, _isAtRest) = (null, false);
            return true;
        }
    }
}
