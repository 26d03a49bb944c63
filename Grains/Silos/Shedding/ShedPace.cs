using System.Diagnostics.CodeAnalysis;

namespace Ingestion.Grains.Silos.Shedding;

/// <summary>
/// Begins deactivations at the pace at which they end. What a deactivation takes until it has ended dies young only if few are under way: as 8,700 began at
/// once, and 9,000 sockets ended beside them, the oldest generation grew by 165 MiB. Thread-safe; nothing is called while its lock is held.
/// </summary>
/// <param name="begin">Begins one, unless it has come back into use; false: nothing was begun.</param>
/// <param name="time">For those that do not end.</param>
internal sealed class ShedPace(Func<object, bool> begin, TimeProvider time)
{
    /// <summary>Under way at once.</summary>
    public const int Most = 128;

    /// <summary>One that lasts longer does not hold up the others.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Queue<object> _waiting = [];
    private readonly Dictionary<object, long> _underWay = new(Most, ReferenceEqualityComparer.Instance);

    /// <summary>How many have not begun yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    /// <summary>It is to go, behind those that wait.</summary>
    public void Add(object member)
    {
        lock (_gate)
            _waiting.Enqueue(member);
        Go();
    }

    /// <summary>It has ended, whatever ended it.</summary>
    public void Ended(object member)
    {
        lock (_gate)
        {
            if (!_underWay.Remove(member) || _waiting.Count == 0)
                return;
        }

        Go();
    }

    /// <summary>Begins what may begin; to be called now and then.</summary>
    public void Go()
    {
        while (TryNext(out var member))
        {
            if (begin(member))
                continue;
            lock (_gate)
                _underWay.Remove(member);
        }
    }

    private bool TryNext([NotNullWhen(true)] out object? member)
    {
        member = null;
        lock (_gate)
        {
            if (_waiting.Count == 0 || (_underWay.Count >= Most && !Forget()))
                return false;
            member = _waiting.Dequeue();
            // Before it is begun: it can end at once.
            _underWay[member] = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>True when it has made room.</summary>
    private bool Forget()
    {
        foreach (var (member, since) in _underWay)
        {
            if (time.GetElapsedTime(since) >= Patience)
                _underWay.Remove(member);
        }

        return _underWay.Count < Most;
    }
}
