namespace Ingestion.Grains.Silos.Shedding;

/// <summary>
/// The grains that were shed in the last 60 s, and the share of them that is back. Memory is fixed: 65,536 ids in sets of four. In a full set the oldest id
/// makes way and is counted no more, so that the share stays one of those that are watched. Ids are hashes, of which 54 bits count. Not thread-safe.
/// </summary>
internal sealed class RegretWindow
{
    private const int Ways = 4;
    private const int SetBits = 14;
    private const int Seconds = ShedRules.RegretSeconds;

    // The lower bits of a slot are the second in which the grain was shed, plus one; the rest is of its id. 0: nothing.
    private const ulong TimeMask = (1 << 24) - 1;

    // By second of being shed: those that are watched, and those of them that are back.
    private readonly int[] _watched = new int[Seconds];
    private readonly int[] _back = new int[Seconds];

    // Half a megabyte, which a silo that never sheds does not take.
    private ulong[]? _slots;
    private int _now;
    private int _allWatched;
    private int _allBack;

    /// <summary>Of the grains that were shed in the last 60 s and are watched, the share that is back.</summary>
    public double Share(int now)
    {
        Advance(now);
        return _allWatched == 0 ? 0 : (double)_allBack / _allWatched;
    }

    /// <summary>A grain is shed.</summary>
    public void Add(ulong id, int now)
    {
        Advance(now);
        _slots ??= new ulong[Ways << SetBits];
        var set = SetOf(id);
        ref var place = ref set[0];
        foreach (ref var slot in set)
        {
            if (Age(slot) >= Age(place))
                place = ref slot;
            if (IsOf(slot, id))
            {
                place = ref slot;
                break;
            }
        }

        if (Age(place) < Seconds)
            Count(_watched, ref _allWatched, SecondOf(place), -1);
        place = (id & ~TimeMask) | ((ulong)(uint)(_now + 1) & TimeMask);
        Count(_watched, ref _allWatched, _now, 1);
    }

    /// <summary>A grain is activated. Whether it was shed in the last 60 s; it counts as a return then, once.</summary>
    public bool IsReturn(ulong id, int now)
    {
        Advance(now);
        if (_slots is null)
            return false;
        foreach (ref var slot in SetOf(id))
        {
            if (!IsOf(slot, id))
                continue;
            Count(_back, ref _allBack, SecondOf(slot), 1);
            // It stays among those that are watched, and is forgotten: shed again, it is one more.
            slot = 0;
            return true;
        }

        return false;
    }

    private Span<ulong> SetOf(ulong id) => _slots.AsSpan((int)(id & ((1 << SetBits) - 1)) * Ways, Ways);

    private bool IsOf(ulong slot, ulong id) => (slot & ~TimeMask) == (id & ~TimeMask) && Age(slot) < Seconds;

    /// <summary>Seconds since the grain was shed; of an empty slot more than any.</summary>
    private int Age(ulong slot) => slot == 0 ? int.MaxValue : (int)((ulong)(uint)(_now + 1 - (int)(slot & TimeMask)) & TimeMask);

    private int SecondOf(ulong slot) => _now - Age(slot);

    private static void Count(int[] seconds, ref int all, int second, int by)
    {
        seconds[second % Seconds] += by;
        all += by;
    }

    /// <summary>Seconds that are over make way for those to come. The clock never goes back.</summary>
    private void Advance(int now)
    {
        // After a minute without a call nothing is left, however long ago it was.
        for (var passed = Math.Max(_now, now - Seconds) + 1; passed <= now; passed++)
        {
            Count(_watched, ref _allWatched, passed, -_watched[passed % Seconds]);
            Count(_back, ref _allBack, passed, -_back[passed % Seconds]);
        }

        _now = Math.Max(_now, now);
    }
}
