using Ingestion.Grains.Silos.Deciding;
using Ingestion.Silos;

namespace Ingestion.Tests.Unit.Silos.Deciding;

/// <summary>Silos with sockets in virtual time. What is closed reconnects after up to five seconds; silos know of each other what was true a second ago.</summary>
internal sealed class MadeUpSockets(int seed, int silos, int perSecond)
{
    private readonly Random _random = new(seed);
    private readonly SocketRules[] _rules = [.. Enumerable.Range(0, silos).Select(_ => new SocketRules(perSecond))];
    private readonly int[] _rounds = new int[silos];
    private readonly PriorityQueue<int, int> _away = new();
    private int[] _reported = new int[silos];
    private int _second = 3600;

    public int[] Counts { get; } = new int[silos];

    public IReadOnlyList<int> RoundsOfSilos => _rounds;

    public int Closed { get; private set; }

    public double Share => Counts.Sum() / (double)silos;

    /// <summary>How many were above the share when it began.</summary>
    public int Excess { get; private set; }

    /// <summary>Most of them, or all, are in one silo.</summary>
    public void Fill(int sockets)
    {
        foreach (var _ in Enumerable.Range(0, sockets))
            Counts[_random.Next(3) == 0 ? _random.Next(silos) : 0]++;
        Excess = Counts.Sum(count => Math.Max(0, count - (int)Share));
    }

    public int Anywhere(int from) => _random.Next(silos);

    public static int BackTo(int from) => from;

    public int Elsewhere(int from) => (from + 1) % silos;

    public void Run(TimeSpan time, Func<int, int> reconnect)
    {
        for (var until = _second + (int)time.TotalSeconds; _second < until; _second++)
        {
            while (_away.TryPeek(out var from, out var at) && at <= _second)
                Counts[reconnect(_away.Dequeue())]++;
            var before = (int[])Counts.Clone();
            foreach (var silo in Enumerable.Range(0, silos))
                Close(silo);
            _reported = before;
        }
    }

    private void Close(int silo)
    {
        var others = _reported.Sum() - _reported[silo];
        var seen = new ClusterSockets(MemoryLevel.Green, Counts[silo], others, silos - 1, Silos: 0, IsSettled: _second > 3600);
        var count = _rules[silo].Next(TimeSpan.FromSeconds(_second), seen);
        _rounds[silo] += _rules[silo].Began ? 1 : 0;
        (Counts[silo], Closed) = (Counts[silo] - count, Closed + count);
        foreach (var _ in Enumerable.Range(0, count))
            _away.Enqueue(silo, _second + 1 + _random.Next(5));
    }
}
