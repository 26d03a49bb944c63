using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Ingestion.Grains.Silos.Shedding;

/// <summary>What is known of one activation: 32 bytes, as there may be a million.</summary>
internal struct ActivationSlot
{
    /// <summary>The activation.</summary>
    public object Member;

    /// <summary>The next slot with the same hash.</summary>
    public int Chain;

    /// <summary>Neighbours in the queue of idle activations.</summary>
    public int Next, Previous;

    /// <summary>When its last call ended, in seconds of the census' clock.</summary>
    public int IdleSince;

    /// <summary>What it takes; no activation takes 4 GiB.</summary>
    public uint Bytes;

    /// <summary>The queue of idle activations that it is in; <see cref="ActivationTable.None"/> when it is not idle.</summary>
    public short Queue;

    /// <summary>Index of its class.</summary>
    public byte Type;

    /// <summary>It had been deactivated to free memory and was back within 60 s.</summary>
    public bool Returned;
}

/// <summary>
/// The activations of a silo by identity. Slots are dense and lie in pages, so that a table that grows copies nothing, has no array in the heap of large
/// objects but that of the hashes, and gives pages back when activations have gone. Not thread-safe.
/// </summary>
internal sealed class ActivationTable
{
    /// <summary>No slot.</summary>
    public const int None = -1;

    // 2,048 slots are 64 KiB, just below what .NET counts as a large object.
    private const int PageBits = 11;
    private const int PageSize = 1 << PageBits;
    private const int FewestHeads = 1024;

    private readonly List<ActivationSlot[]> _pages = [];
    private int[] _heads = NewHeads(FewestHeads);

    public int Count { get; private set; }

    /// <summary>Slots that it has memory for.</summary>
    public int Capacity => _pages.Count * PageSize;

    public ref ActivationSlot this[int slot] => ref _pages[slot >> PageBits][slot & (PageSize - 1)];

    /// <summary>The slot of a member, or <see cref="None"/>.</summary>
    public int Find(object member)
    {
        var slot = HeadOf(member);
        while (slot != None && !ReferenceEquals(this[slot].Member, member))
            slot = this[slot].Chain;
        return slot;
    }

    /// <summary>Adds a member that is not in the table.</summary>
    public int Add(object member)
    {
        Debug.Assert(Find(member) == None, "A member is added once.");
        if (Count == _heads.Length)
            Rehash(2 * _heads.Length);
        if (Count == _pages.Count * PageSize)
            _pages.Add(new ActivationSlot[PageSize]);
        var slot = Count++;
        ref var head = ref HeadOf(member);
        this[slot] = new ActivationSlot { Member = member, Chain = head, Next = None, Previous = None, Queue = None };
        head = slot;
        return slot;
    }

    /// <summary>Removes a slot. The last one moves to its place.</summary>
    /// <returns>Whether one has moved.</returns>
    public bool Remove(int slot)
    {
        Unchain(slot);
        var last = --Count;
        var moves = slot != last;
        if (moves)
        {
            Unchain(last);
            ref var head = ref HeadOf(this[last].Member);
            this[slot] = this[last];
            this[slot].Chain = head;
            head = slot;
        }

        this[last] = default;
        Shrink();
        return moves;
    }

    private void Shrink()
    {
        // One page more than needed stays, so that an activation that comes and goes at the edge does not make one each time.
        if (_pages.Count * PageSize - Count > 2 * PageSize)
            _pages.RemoveAt(_pages.Count - 1);
        if (_heads.Length > FewestHeads && Count < _heads.Length / 4)
            Rehash(_heads.Length / 2);
    }

    private void Unchain(int slot)
    {
        ref var link = ref HeadOf(this[slot].Member);
        while (link != slot)
            link = ref this[link].Chain;
        link = this[slot].Chain;
    }

    private void Rehash(int heads)
    {
        _heads = NewHeads(heads);
        for (var slot = 0; slot < Count; slot++)
        {
            ref var head = ref HeadOf(this[slot].Member);
            this[slot].Chain = head;
            head = slot;
        }
    }

    // Orleans keeps its activations by the same hash, so that the object has it already. Its lower bits are random.
    private ref int HeadOf(object member) => ref _heads[RuntimeHelpers.GetHashCode(member) & (_heads.Length - 1)];

    private static int[] NewHeads(int length)
    {
        var heads = new int[length];
        Array.Fill(heads, None);
        return heads;
    }
}
