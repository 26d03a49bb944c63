using Ingestion.Grains.Silos.Deciding;
using Ingestion.Silos;

namespace Ingestion.Tests.Unit.Silos.Deciding;

public class SocketRulesTests
{
    private const int PerSecond = 50;

    private readonly SocketRules _rules = new(PerSecond);
    private TimeSpan _now = TimeSpan.FromHours(1);

    [Fact]
    public void Excess_MovesAtTheRate_WhenASiloHasHadMoreThanItsShareForHalfAMinute()
    {
        var mine = 1000;
        Assert.Equal(0, Seconds(30, ref mine, others: 200));
        // The share is 600, and those that were closed are somewhere.
        Assert.InRange(Seconds(4, ref mine, others: 200), 3 * PerSecond, 4 * PerSecond);
        Assert.Equal(MoveReason.Share, _rules.Reason);
    }

    [Theory]
    [InlineData(1000, 840)] // Less than 20 % above the share of 920.
    [InlineData(240, 45)] // Far above it, but only by 97.
    [InlineData(0, 1000)]
    public void Nothing_Moves_WhenThereIsLittleToMove(int mine, int others) => Assert.Equal(0, Seconds(3600, ref mine, others));

    [Fact]
    public void Nothing_Moves_WhenItIsOff()
    {
        var rules = new SocketRules(perSecond: 0);
        foreach (var second in Enumerable.Range(0, 3600))
            Assert.Equal(0, rules.Next(TimeSpan.FromSeconds(second), Seen(10_000, 0) with { Level = MemoryLevel.Critical }));
    }

    [Fact]
    public void Nothing_Moves_WhileSilosComeAndGo()
    {
        foreach (var second in Enumerable.Range(0, 3600))
            Assert.Equal(0, Second(Seen(1000, 0) with { Silos = second / 29 }));
        foreach (var second in Enumerable.Range(0, 3600))
            Assert.Equal(0, Second(Seen(1000, 0) with { IsSettled = second % 29 > 0 }));
    }

    [Fact]
    public void RoundEnds_WhenAnotherSiloJoins()
    {
        var mine = 1000;
        Assert.NotEqual(0, Seconds(33, ref mine, others: 0));
        Assert.Equal(0, Second(Seen(mine, 0) with { IsSettled = false }));
        Assert.Equal(MoveReason.None, _rules.Reason);
    }

    [Fact]
    public void HalfOfTheSockets_MoveAtOnce_WhenMemoryIsCritical()
    {
        var closed = 0;
        foreach (var second in Enumerable.Range(0, 60))
            closed += Second(Seen(1000 - closed, 5000) with { Level = MemoryLevel.Critical, IsSettled = false });
        Assert.Equal(500, closed);
    }

    [Theory]
    [InlineData(MemoryLevel.High, 1)] // Critical only.
    [InlineData(MemoryLevel.Critical, 0)] // No other silo has room.
    [InlineData(MemoryLevel.Emergency, 0)]
    public void Nothing_MovesForMemory_Otherwise(MemoryLevel level, int receivers)
    {
        foreach (var _ in Enumerable.Range(0, 3600))
            Assert.Equal(0, Second(Seen(1000, 0) with { Level = level, Receivers = receivers }));
    }

    [Fact]
    public void MovingEnds_WhenMemoryIsThereAgain()
    {
        foreach (var _ in Enumerable.Range(0, 3))
            Second(Seen(1000, 1000) with { Level = MemoryLevel.Critical });
        Assert.Equal(0, Second(Seen(900, 1000) with { Level = MemoryLevel.High }));
    }

    /// <summary>Clients that reconnect anywhere; silos that come and go. Each silo decides by itself, by figures that are some seconds old.</summary>
    [Theory, MemberData(nameof(Seeds))]
    public void Sockets_SpreadAndThenRest_WhereverClientsReconnectByChance(int seed)
    {
        var cluster = new MadeUpSockets(seed, silos: 2 + seed % 4, PerSecond);
        cluster.Fill(seed % 2 == 0 ? 20_000 : 3_000);
        cluster.Run(TimeSpan.FromHours(2), cluster.Anywhere);
        Assert.All(cluster.Counts, count => Assert.InRange(count, 0, Math.Max(cluster.Share * 1.25, cluster.Share + 1.25 * SocketRules.Least)));
        // No more than had to move, and a part of them once more: a client may be sent back by chance.
        Assert.InRange(cluster.Closed, 0, 2 * cluster.Excess);
        var closed = cluster.Closed;
        cluster.Run(TimeSpan.FromHours(4), cluster.Anywhere);
        Assert.Equal(closed, cluster.Closed);
    }

    /// <summary>A balancer that undoes everything: it sends all clients to the same silo, or always back.</summary>
    [Theory, MemberData(nameof(Seeds))]
    public void FewAreClosed_WhenTheBalancerWorksAgainstIt(int seed)
    {
        const int Sockets = 2_000;
        var cluster = new MadeUpSockets(seed, silos: 2, PerSecond);
        cluster.Fill(Sockets);
        cluster.Run(TimeSpan.FromHours(10), seed % 2 == 0 ? MadeUpSockets.BackTo : cluster.Elsewhere);
        // Pauses of 1, 2, 4 … 60 minutes: about 15 rounds a silo, none of more than half of the sockets.
        Assert.InRange(cluster.Closed, Sockets / 4, 2 * 15 * Sockets / 2);
        Assert.All(cluster.RoundsOfSilos, rounds => Assert.InRange(rounds, 0, 16));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void RateAndShareBoundWhatIsClosed_InEveryHistory(int seed)
    {
        var random = new Random(seed);
        var (mine, seen) = (5000, Seen(0, 0));
        foreach (var _ in Enumerable.Range(0, 20_000))
        {
            if (random.Next(60) == 0)
            {
                mine = random.Next(6000);
                seen = new ClusterSockets((MemoryLevel)random.Next(5), mine, random.Next(6000), random.Next(4), random.Next(2), random.Next(4) > 0);
            }

            var count = Second(seen with { Mine = mine });
            Assert.InRange(count, 0, PerSecond);
            if (count == 0)
                continue;
            mine -= count;
            Assert.True(seen.Receivers > 0);
            if (_rules.Reason == MoveReason.Share)
                Assert.True(seen.Level <= MemoryLevel.Elevated && seen.IsSettled && mine >= (mine + count + seen.Others) / (seen.Receivers + 1));
            else
                Assert.True(seen.Level >= MemoryLevel.Critical);
        }
    }

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 20)];

    private static ClusterSockets Seen(int mine, int others) => new(MemoryLevel.Green, mine, others, Receivers: 1, Silos: 0, IsSettled: true);

    private int Second(in ClusterSockets seen)
    {
        _now += TimeSpan.FromSeconds(1);
        return _rules.Next(_now, seen);
    }

    private int Seconds(int count, ref int mine, int others)
    {
        var closed = 0;
        for (var second = 0; second < count; second++)
        {
            var now = Second(Seen(mine, others));
            (closed, mine) = (closed + now, mine - now);
        }

        return closed;
    }
}
