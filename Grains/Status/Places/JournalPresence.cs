using Ingestion.Status;

namespace Ingestion.Grains.Status.Places;

/// <summary>
/// What an active grain knows of its user's places, to be read from outside its turns: reading it does not keep the grain active, as a call would.
/// </summary>
internal sealed class JournalPresence(string user)
{
    private readonly Lock _gate = new();

    // One silo, mostly.
    private readonly List<SiloSum> _silos = new(1);
    private Cursor _end;

    public string User => user;

    /// <summary>The end of the journal.</summary>
    public void MoveTo(Cursor end)
    {
        lock (_gate)
            _end = end;
    }

    /// <summary>A place has come.</summary>
    public void Add(SiloAddress silo, string id) => Change(silo, PlaceSum.Of(id), 1);

    /// <summary>A place has gone.</summary>
    public void Remove(SiloAddress silo, string id) => Change(silo, -PlaceSum.Of(id), -1);

    /// <summary>What is to be said to each silo that has a place.</summary>
    public void Report(Action<SiloAddress, ActiveJournal> say)
    {
        lock (_gate)
        {
            foreach (var silo in _silos)
                say(silo.Silo, new ActiveJournal(user, _end, silo.Sum));
        }
    }

    /// <summary>What is to be said to a silo when the grain goes to rest.</summary>
    public RestingJournal RestFor(SiloAddress silo)
    {
        lock (_gate)
            return new RestingJournal(_end, _silos.Find(known => known.Silo.Equals(silo)).Sum);
    }

    private void Change(SiloAddress silo, long sum, int count)
    {
        lock (_gate)
        {
            var at = _silos.FindIndex(known => known.Silo.Equals(silo));
            var next = at < 0 ? new SiloSum(silo, sum, count) : new SiloSum(silo, unchecked(_silos[at].Sum + sum), _silos[at].Count + count);
            if (at < 0)
                _silos.Add(next);
            else if (next.Count > 0)
                _silos[at] = next;
            else
                _silos.RemoveAt(at);
        }
    }

    private readonly record struct SiloSum(SiloAddress Silo, long Sum, int Count);
}
