using Ingestion.Grains.Silos;
using Ingestion.Grains.Silos.Shedding;

namespace Ingestion.Tests.Unit.Silos.Shedding;

public class ActivationCensusTests
{
    private const int SmallBytes = 1000;
    private const int LargeBytes = 9000;
    private const int DearReads = 2;

    // As soon as Orleans says that an activation is idle.
    private const int JustIdle = ShedRules.IdleAfterSeconds;

    private readonly ManualTime _time = new();
    private readonly ActivationCensus _census;

    public ActivationCensusTests() => _census = new ActivationCensus(_time);

    [Fact]
    public void Nothing_IsTaken_WhenNothingIsIdle()
    {
        Add<SmallGrain>();
        Pass(1000);
        Assert.Null(Take());
    }

    [Fact]
    public void ActivationThatIsCalled_IsNotTaken()
    {
        var member = Idle<SmallGrain>();
        _census.Woke(member);
        Pass(1000);
        Assert.Null(Take());
    }

    [Fact]
    public void TheOneThatIdledLongest_GoesFirst_OfEqualOnes()
    {
        object[] members = [.. Enumerable.Range(0, 5).Select(_ => Idle<SmallGrain>(andPass: 7))];
        Assert.Equal(members, Enumerable.Range(0, 5).Select(_ => Take()));
    }

    [Fact]
    public void TheLarger_GoesFirst_OfTwoThatIdledEqually()
    {
        var (small, large) = (Idle<SmallGrain>(), Idle<LargeGrain>());
        Assert.Equal([large, small], [Take(), Take()]);
    }

    [Fact]
    public void TheCheaperToBringBack_GoesFirst_OfTwoOfOneSize()
    {
        var (dear, cheap) = (Idle<DearGrain>(), Idle<SmallGrain>());
        Assert.Equal([cheap, dear], [Take(), Take()]);
    }

    [Fact]
    public void LongIdleSmallOne_GoesBeforeALargeOneThatHasJustBecomeIdle()
    {
        var small = Idle<SmallGrain>();
        Pass(JustIdle * LargeBytes / SmallBytes);
        var large = Idle<LargeGrain>();
        Assert.Equal([small, large], [Take(), Take()]);
    }

    [Fact]
    public void SizeThatTheGrainGives_CountsInPlaceOfTheDeclaredOne()
    {
        var usual = Idle<LargeGrain>();
        var huge = Add<SmallGrain>();
        _census.Idled(huge, 100 * LargeBytes);
        Assert.Equal(101 * LargeBytes, _census.Read().EstimatedBytes);
        Assert.Equal([huge, usual], [Take(), Take()]);
    }

    [Fact]
    public void WhatMustStay_IsBehindAllOthers_WhenItIsPutBack()
    {
        var (pinned, free) = (Idle<SmallGrain>(), Idle<SmallGrain>());
        Assert.Same(pinned, Take());
        _census.PutBack(pinned);
        Assert.Same(free, Take());
        Assert.Null(Take());
        Pass(1);
        Assert.Same(pinned, Take());
    }

    [Fact]
    public void ClassThatIsNeverDeactivated_IsCountedAndNotTaken()
    {
        Idle<KeptGrain>();
        Pass(1000);
        Assert.Null(Take());
        Assert.Equal(new IdleGrainsSample(1, 0, SmallBytes, 0, 0), _census.Read());
    }

    [Fact]
    public void ClassThatDeclaresNothing_IsNotLookedAt()
    {
        Idle<ForeignGrain>();
        Assert.Equal(default, _census.Read());
        Assert.Empty(_census.ReadTypes());
        Assert.Null(Take());
    }

    [Fact]
    public void GrainThatIsBack_CountsAsRegret_AndStaysUntilItHasIdledForFiveMinutes()
    {
        var first = Idle<SmallGrain>("a");
        Shed(first, "a");
        Shed(Idle<SmallGrain>("b"), "b");
        Pass(59);
        Assert.Equal("small", _census.Added(new object(), typeof(SmallGrain), IdOf("a"))!.Name);
        Assert.Equal(0.5, _census.Read().Regret);

        var returned = Idle<SmallGrain>("b");
        Assert.Equal(1, _census.Read().Regret);
        Pass(300 - JustIdle - 1);
        Assert.Null(Take());
        Pass(1);
        Assert.Same(returned, Take());
    }

    [Fact]
    public void Read_AllocatesNothing()
    {
        Idle<SmallGrain>();
        _census.Read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            _census.Read();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private object Idle<TGrain>(string key = "key", int andPass = 0)
    {
        var member = Add<TGrain>(key);
        _census.Idled(member, bytes: null);
        Pass(andPass);
        return member;
    }

    private object Add<TGrain>(string key = "key")
    {
        var member = new object();
        _census.Added(member, typeof(TGrain), IdOf(key));
        return member;
    }

    private void Shed(object member, string key)
    {
        Assert.NotNull(_census.Shed(member, IdOf(key)));
        _census.Ended(member);
    }

    private object? Take() => _census.TryTake(out var member, out _) ? member : null;

    private void Pass(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private static GrainId IdOf(string key) => GrainId.Create("small", key);

    [Reclaimable(SmallBytes, reads: 1)]
    private sealed class SmallGrain;

    [Reclaimable(LargeBytes, reads: 1)]
    private sealed class LargeGrain;

    [Reclaimable(SmallBytes, DearReads)]
    private sealed class DearGrain;

    [Reclaimable(SmallBytes, reads: 0, Never = true)]
    private sealed class KeptGrain;

    private sealed class ForeignGrain;
}
