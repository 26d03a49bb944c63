using Ingestion.Auth;
using Ingestion.Grains.Auth;

namespace Ingestion.Tests.Unit.Auth;

public class DenyListRulesTests
{
    private static readonly DateTimeOffset _now = ManualTime.Start;

    [Fact]
    public void Denial_IsKept_UntilTheTokenHasExpiredOnEveryClock()
    {
        var state = Add(new DenyListState(), Token("a", hours: 1));
        Assert.Equal(1, state.Version);
        Assert.Single(DenyListRules.Live(state, _now.AddHours(1)));
        Assert.Empty(DenyListRules.Live(state, _now.AddHours(2)));
        // It goes with the next change.
        var next = DenyListRules.Add(state, Token("b", hours: 5), _now.AddHours(2)).Next;
        Assert.Equal(["b"], next.Denials.Select(denial => denial.TokenId));
        Assert.Equal(2, next.Version);
    }

    [Fact]
    public void SameToken_IsDeniedOnce_UntilTheLaterTime()
    {
        var state = Add(Add(new DenyListState(), Token("a", hours: 1)), Token("b", hours: 1));
        var longer = DenyListRules.Add(state, Token("a", hours: 3) with { Id = "other" }, _now);
        Assert.Equal(("id-a", _now.AddHours(3)), (longer.Result!.Id, longer.Result.Until));
        Assert.Equal(2, longer.Next.Denials.Count);
        var shorter = DenyListRules.Add(longer.Next, Token("a", hours: 2), _now);
        Assert.Same(longer.Next, shorter.Next);
        Assert.False(shorter.Durable);
    }

    [Fact]
    public void UserAndErasure_AreDeniedApart_SoThatTheEndOfOneLeavesTheOther()
    {
        var user = new Denial("u", TokenId: null, "ann", _now, _now, _now.AddHours(1));
        var erasure = user with { Id = "e", IssuedUntil = DateTimeOffset.MaxValue, Until = DateTimeOffset.MaxValue, IsErasure = true };
        var state = Add(Add(new DenyListState(), user), erasure);
        var again = DenyListRules.Add(state, user with { Id = "v", IssuedUntil = _now.AddMinutes(1) }, _now);
        Assert.Equal(("u", _now.AddMinutes(1)), (again.Result!.Id, again.Result.IssuedUntil));
        Assert.Same(again.Next.Denials[1], DenyListRules.Add(again.Next, erasure, _now).Result);
        var left = DenyListRules.Remove(again.Next, "e", _now);
        Assert.True(left.Result);
        Assert.Equal(["u"], left.Next.Denials.Select(denial => denial.Id));
        Assert.False(DenyListRules.Remove(left.Next, "e", _now).Result);
    }

    [Fact]
    public void Denial_IsRefused_WhenTheListIsFull()
    {
        var full = new DenyListState { Denials = [.. Enumerable.Range(0, DenyListRules.MostDenials).Select(i => Token($"{i}", hours: 1))] };
        Assert.Null(DenyListRules.Add(full, Token("one more", hours: 1), _now).Result);
        Assert.NotNull(DenyListRules.Add(full, Token("one more", hours: 9), _now.AddHours(2)).Result);
    }

    private static Denial Token(string id, int hours) => new($"id-{id}", id, User: null, IssuedUntil: null, _now, _now.AddHours(hours));

    private static DenyListState Add(DenyListState state, Denial denial)
    {
        var change = DenyListRules.Add(state, denial, _now);
        Assert.Equal(denial, change.Result);
        Assert.True(change.Durable);
        return change.Next;
    }
}
