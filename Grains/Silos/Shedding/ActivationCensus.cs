using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Ingestion.Grains.Silos.Shedding;

/// <summary>
/// The activations of this silo: how many of which class, since when they idle, and which of them is worth least. A member is any object: it is never
/// called. Thread-safe by one lock, which is held for well under a microsecond and never while code of a grain or of Orleans runs.
/// </summary>
internal sealed class ActivationCensus
{
    // A slot has a byte for it.
    private const int MostTypes = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<Type, ActivationType?> _byClass = [];
    private readonly List<ActivationType> _types = [];
    private readonly List<Tally> _tallies = [];
    private readonly ActivationTable _table = new();
    private readonly RegretWindow _regret = new();
    private readonly IdleQueues _queues;
    private readonly TimeProvider _time;
    private readonly long _started;
    private Tally _all;

    public ActivationCensus(TimeProvider time)
    {
        (_time, _started) = (time, time.GetTimestamp());
        _queues = new IdleQueues(_table);
    }

    private int Now => (int)_time.GetElapsedTime(_started).TotalSeconds;

    /// <summary>An activation has come. Of a class that declares nothing it is not counted.</summary>
    /// <param name="member">The activation.</param>
    /// <param name="grainClass">Its class.</param>
    /// <param name="id">Its grain.</param>
    /// <returns>Its class if the grain was shed in the last 60 s; otherwise null.</returns>
    public ActivationType? Added(object member, Type grainClass, GrainId id)
    {
        lock (_gate)
        {
            if (TypeOf(grainClass, id) is not { } type || _table.Find(member) != ActivationTable.None)
                return null;
            var returned = !type.Declared.Never && _regret.IsReturn(HashOf(id), Now);
            ref var slot = ref _table[_table.Add(member)];
            (slot.Type, slot.Returned, slot.Bytes) = ((byte)type.Index, returned, (uint)type.Declared.Bytes);
            Count(type.Index, new Tally(1, 0, slot.Bytes, 0));
            return returned ? type : null;
        }
    }

    /// <summary>No call has come for ten seconds.</summary>
    /// <param name="member">The activation.</param>
    /// <param name="bytes">What it takes; null: what its class declares.</param>
    public void Idled(object member, long? bytes)
    {
        lock (_gate)
        {
            if (!TryFind(member, out var slot) || _table[slot].Queue != ActivationTable.None || TypeAt(slot).Declared.Never)
                return;
            Resize(slot, bytes);
            Queue(slot, Now - ShedRules.IdleAfterSeconds);
        }
    }

    /// <summary>A call has come.</summary>
    public void Woke(object member)
    {
        lock (_gate)
        {
            if (TryFind(member, out var slot))
                Unqueue(slot);
        }
    }

    /// <summary>It ends, or has ended.</summary>
    public void Ended(object member)
    {
        lock (_gate)
        {
            if (!TryFind(member, out var slot))
                return;
            Unqueue(slot);
            Count(_table[slot].Type, new Tally(-1, 0, -_table[slot].Bytes, 0));
            if (_table.Remove(slot))
                _queues.Moved(slot);
        }
    }

    /// <summary>Whether it is known and has not ended.</summary>
    public bool Has(object member)
    {
        lock (_gate)
            return TryFind(member, out _);
    }

    /// <summary>
    /// Takes the idle activation whose deactivation gains most. It counts as active until it ends, is <see cref="PutBack">put back</see>, or becomes idle
    /// again.
    /// </summary>
    public bool TryTake([NotNullWhen(true)] out object? member, out long bytes)
    {
        lock (_gate)
        {
            var best = _queues.Best(Now);
            if (best == ActivationTable.None)
            {
                (member, bytes) = (null, 0);
                return false;
            }

            (member, bytes) = (_table[best].Member, _table[best].Bytes);
            Unqueue(best);
            return true;
        }
    }

    /// <summary>What was taken must stay for now: it idles from now on, behind all others of its kind, so that none is looked at again and again.</summary>
    public void PutBack(object member)
    {
        lock (_gate)
        {
            if (TryFind(member, out var slot) && _table[slot].Queue == ActivationTable.None)
                Queue(slot, Now);
        }
    }

    /// <summary>What was taken is being deactivated: from now on its grain counts as shed.</summary>
    /// <returns>Its class; null when it has ended.</returns>
    public ActivationType? Shed(object member, GrainId id)
    {
        lock (_gate)
        {
            if (!TryFind(member, out var slot))
                return null;
            _regret.Add(HashOf(id), Now);
            return TypeAt(slot);
        }
    }

    /// <summary>All of it in numbers; allocates nothing.</summary>
    public IdleGrainsSample Read()
    {
        lock (_gate)
            return new IdleGrainsSample(_all.Activations, _all.Idle, _all.Bytes, _all.IdleBytes, _regret.Share(Now));
    }

    /// <summary>The same by class, in no order.</summary>
    public IReadOnlyList<ActivationsOfType> ReadTypes()
    {
        lock (_gate)
            return [.. _types.Select(type => OfType(type, _tallies[type.Index]))];
    }

    private static ActivationsOfType OfType(ActivationType type, in Tally tally) => new(type.Name, tally.Activations, tally.Idle, tally.Bytes);

    // Orleans has 32 bits of the class and of the key. When the most that are watched were shed, about one return in 65,000 is taken for another's.
    private static ulong HashOf(GrainId id) => (((ulong)id.Type.GetUniformHashCode() << 32) | id.Key.GetUniformHashCode()) * 0x9E37_79B9_7F4A_7C15;

    private ActivationType? TypeOf(Type grainClass, GrainId id)
    {
        if (_byClass.TryGetValue(grainClass, out var known))
            return known;
        if (ActivationType.DeclaredBy(grainClass) is not { } declared || _types.Count == MostTypes)
            return _byClass[grainClass] = null;
        var type = new ActivationType(_types.Count, id.Type.ToString()!, declared);
        _types.Add(type);
        _tallies.Add(default);
        return _byClass[grainClass] = type;
    }

    private bool TryFind(object member, out int slot) => (slot = _table.Find(member)) != ActivationTable.None;

    private ActivationType TypeAt(int slot) => _types[_table[slot].Type];

    private void Resize(int slot, long? bytes)
    {
        ref var at = ref _table[slot];
        var size = (uint)Math.Clamp(bytes ?? TypeAt(slot).Declared.Bytes, 1, uint.MaxValue);
        Count(at.Type, new Tally(0, 0, (long)size - at.Bytes, 0));
        at.Bytes = size;
    }

    private void Queue(int slot, int idleSince)
    {
        _table[slot].IdleSince = idleSince;
        _queues.Append(slot, TypeAt(slot).Declared.Reads);
        Count(_table[slot].Type, new Tally(0, 1, 0, _table[slot].Bytes));
    }

    private void Unqueue(int slot)
    {
        if (_table[slot].Queue == ActivationTable.None)
            return;
        _queues.Remove(slot);
        Count(_table[slot].Type, new Tally(0, -1, 0, -_table[slot].Bytes));
    }

    private void Count(int type, in Tally change)
    {
        ref var tally = ref CollectionsMarshal.AsSpan(_tallies)[type];
        (tally, _all) = (tally.Plus(change), _all.Plus(change));
    }

    private readonly record struct Tally(int Activations, int Idle, long Bytes, long IdleBytes)
    {
        public Tally Plus(in Tally other) =>
            new(Activations + other.Activations, Idle + other.Idle, Bytes + other.Bytes, IdleBytes + other.IdleBytes);
    }
}
