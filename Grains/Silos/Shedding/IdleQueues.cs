using System.Numerics;

namespace Ingestion.Grains.Silos.Shedding;

/// <summary>
/// The idle activations in queues, one for each class, power of two of the size, and whether it had come back. An activation joins at the tail when it
/// becomes idle, so that the head of each queue is the one that has idled longest, and with it the one that is worth most: the best of all is the best of
/// a few dozen heads. Nothing is ever sorted, and a million activations are never walked: joining, leaving and choosing cost the same however many there
/// are. Within a queue of a class that is <see cref="ISized"/> sizes differ by less than a factor of two; that is how exact the order is.
/// Not thread-safe.
/// </summary>
internal sealed class IdleQueues(ActivationTable table)
{
    private const int Sizes = 32;
    private const int QueuesOfType = 2 * Sizes;

    private readonly List<Queue> _queues = [];
    private readonly Dictionary<int, short> _places = [];

    /// <summary>Puts a slot at the tail of the queue that it belongs to.</summary>
    public void Append(int slot, int reads)
    {
        var place = PlaceOf(table[slot], reads);
        var queue = _queues[place];
        table[slot].Queue = place;
        (table[slot].Previous, table[slot].Next) = (queue.Tail, ActivationTable.None);
        if (queue.Tail == ActivationTable.None)
            queue.Head = slot;
        else
            table[queue.Tail].Next = slot;
        queue.Tail = slot;
    }

    /// <summary>Takes a slot out of its queue.</summary>
    public void Remove(int slot)
    {
        ref var gone = ref table[slot];
        var queue = _queues[gone.Queue];
        if (gone.Previous == ActivationTable.None)
            queue.Head = gone.Next;
        else
            table[gone.Previous].Next = gone.Next;
        if (gone.Next == ActivationTable.None)
            queue.Tail = gone.Previous;
        else
            table[gone.Next].Previous = gone.Previous;
        gone.Queue = ActivationTable.None;
    }

    /// <summary>What was in another slot is in this one now.</summary>
    public void Moved(int slot)
    {
        ref var moved = ref table[slot];
        if (moved.Queue == ActivationTable.None)
            return;
        var queue = _queues[moved.Queue];
        if (moved.Previous == ActivationTable.None)
            queue.Head = slot;
        else
            table[moved.Previous].Next = slot;
        if (moved.Next == ActivationTable.None)
            queue.Tail = slot;
        else
            table[moved.Next].Previous = slot;
    }

    /// <summary>The activation whose deactivation gains most; <see cref="ActivationTable.None"/> when none may go.</summary>
    public int Best(int now)
    {
        var (best, most) = (ActivationTable.None, 0.0);
        foreach (var queue in _queues)
        {
            if (queue.Head == ActivationTable.None)
                continue;
            ref var head = ref table[queue.Head];
            var idle = now - head.IdleSince;
            var value = ShedRules.MayGo(idle, head.Returned) ? ShedRules.Value(head.Bytes, idle, queue.Reads) : 0;
            if (value > most)
                (best, most) = (queue.Head, value);
        }

        return best;
    }

    private short PlaceOf(in ActivationSlot slot, int reads)
    {
        var key = (slot.Type * QueuesOfType) + (2 * BitOperations.Log2(slot.Bytes)) + (slot.Returned ? 1 : 0);
        if (_places.TryGetValue(key, out var place))
            return place;
        _queues.Add(new Queue(reads));
        return _places[key] = (short)(_queues.Count - 1);
    }

    private sealed class Queue(int reads)
    {
        public int Head = ActivationTable.None;
        public int Tail = ActivationTable.None;

        public int Reads { get; } = reads;
    }
}
