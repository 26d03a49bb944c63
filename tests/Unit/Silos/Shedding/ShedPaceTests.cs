using Ingestion.Grains.Silos.Shedding;
using Microsoft.Extensions.Time.Testing;

namespace Ingestion.Tests.Unit.Silos.Shedding;

/// <summary>Deactivations that begin as others end.</summary>
public sealed class ShedPaceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<object> _begun = [];
    private readonly HashSet<object> _inUse = [];
    private readonly ShedPace _pace;

    public ShedPaceTests() => _pace = new ShedPace(
        member =>
        {
            if (_inUse.Contains(member))
                return false;
            _begun.Add(member);
            return true;
        },
        _time);

    [Fact]
    public void OneBegins_WhenAnotherHasEnded()
    {
        var members = Add(ShedPace.Most + 2);
        Assert.Equal(members[..ShedPace.Most], _begun);
        Assert.Equal(2, _pace.Waiting);
        _pace.Ended(members[5]);
        Assert.Equal(members[..(ShedPace.Most + 1)], _begun);
        _pace.Ended(members[5]);
        _pace.Ended(new object());
        Assert.Equal(1, _pace.Waiting);
    }

    [Fact]
    public void NoneIsHeldUp_ByOneThatIsInUseAgain()
    {
        var members = Add(ShedPace.Most + 3);
        _inUse.Add(members[ShedPace.Most]);
        _inUse.Add(members[ShedPace.Most + 1]);
        _pace.Ended(members[0]);
        Assert.Equal([.. members[..ShedPace.Most], members[^1]], _begun);
        Assert.Equal(0, _pace.Waiting);
    }

    [Fact]
    public void NoneIsHeldUp_ByThoseThatDoNotEnd()
    {
        var members = Add(ShedPace.Most + 1);
        _time.Advance(ShedPace.Patience);
        _pace.Go();
        Assert.Equal(members, _begun);
    }

    [Fact]
    public async Task EachBeginsOnce_AndNeverTooManyAtOnce_WhenTheyEndOnManyThreads()
    {
        var (running, most, begun) = (0, 0, 0);
        using var ends = new System.Collections.Concurrent.BlockingCollection<object>();
        var pace = new ShedPace(
            member =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                Interlocked.Increment(ref begun);
                ends.Add(member);
                return true;
            },
            _time);
        var enders = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            foreach (var member in ends.GetConsumingEnumerable())
            {
                Interlocked.Decrement(ref running);
                pace.Ended(member);
            }
        })).ToArray();
        for (var i = 0; i < 20_000; i++)
            pace.Add(new object());
        while (Volatile.Read(ref begun) < 20_000 || Volatile.Read(ref running) > 0)
            await Task.Yield();
        ends.CompleteAdding();
        await Task.WhenAll(enders);
        Assert.Equal(20_000, begun);
        Assert.InRange(most, 1, ShedPace.Most);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }

    private object[] Add(int count)
    {
        var members = Enumerable.Range(0, count).Select(_ => new object()).ToArray();
        foreach (var member in members)
            _pace.Add(member);
        return members;
    }
}
