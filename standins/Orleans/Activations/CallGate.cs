namespace Orleans.Runtime;

/// <summary>
/// Decides when a call may start: at once, or when those before it have ended. Used only inside of turns, so it needs no lock.
/// </summary>
internal sealed class CallGate(GrainClass grainClass)
{
    private readonly List<GrainCall> _waiting = [];
    private List<GrainCall>? _beside;
    private GrainCall? _blocking;
    private Dictionary<Guid, int>? _reentrantSections;

    /// <summary>Calls that run.</summary>
    public int Running { get; private set; }

    public int Waiting => _waiting.Count;

    public void Wait(GrainCall call) => _waiting.Add(call);

    /// <summary>True when the call may start now. Those that wait go first, unless the call would interleave with what runs.</summary>
    public bool MayStart(GrainCall call) =>
        (Running > 0 || _waiting.Count == 0) && Interleaves(call);

    /// <summary>Takes the next of those that wait and may start.</summary>
    public bool TryTakeWaiting([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out GrainCall? next)
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            next = _waiting[i];
            if (!next.HasEnded && !Interleaves(next))
            {
                if (IsExclusive)
                    break;

                continue;
            }

            _waiting.RemoveAt(i);
            if (!next.HasEnded)
                return true;

            i--;
        }

        next = null;
        return false;
    }

    public void Start(GrainCall call)
    {
        Running++;
        if (_blocking is null && !call.IsAlwaysInterleave)
            _blocking = call;
        else
            (_beside ??= []).Add(call);
    }

    public void End(GrainCall call)
    {
        Running--;
        if (!ReferenceEquals(_blocking, call))
        {
            _beside!.Remove(call);
            return;
        }

        // Whatever ran beside it and would have blocked alone blocks now.
        _blocking = _beside?.Find(other => !other.IsAlwaysInterleave);
        if (_blocking is not null)
            _beside!.Remove(_blocking);
    }

    public List<GrainCall> TakeAllWaiting()
    {
        var all = new List<GrainCall>(_waiting);
        _waiting.Clear();
        return all;
    }

    public void EnterReentrantSection(Guid id)
    {
        _reentrantSections ??= [];
        _reentrantSections[id] = _reentrantSections.GetValueOrDefault(id) + 1;
    }

    public void ExitReentrantSection(Guid id)
    {
        if (_reentrantSections?.GetValueOrDefault(id) is not { } count)
            return;

        if (count <= 1)
            _reentrantSections.Remove(id);
        else
            _reentrantSections[id] = count - 1;
    }

    // Only calls of a chain, and always-interleaving ones, could pass; they have when they came.
    private bool IsExclusive => _blocking is { IsReadOnly: false } && !grainClass.IsReentrant && _reentrantSections is not { Count: > 0 };

    private bool Interleaves(GrainCall call)
    {
        if (_blocking is null || grainClass.IsReentrant || call.IsAlwaysInterleave || (_blocking.IsReadOnly && call.IsReadOnly))
            return true;
        return _reentrantSections is { Count: > 0 } && call.ReentrancyId is var id && id != Guid.Empty && _reentrantSections.ContainsKey(id);
    }
}
