using Ingestion.Api.Status.Places;
using Ingestion.Status;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Tests.Unit.Status;

/// <summary>What a silo does with what it hears of the grains of its sockets.</summary>
public sealed class PlaceTableTests : IDisposable
{
    private static readonly SiloAddress _here = SiloAddress.FromParsableString("10.0.0.1:11111@1");
    private static readonly SiloAddress _there = SiloAddress.FromParsableString("10.0.0.2:11111@1");

    private readonly PlaceTable _table = new(null!, null!, new ManualTime(), NullLogger<PlaceTable>.Instance);

    public void Dispose() => _table.Dispose();

    [Fact]
    public void Holders_AreWhoTheGrainFinds_WithoutThoseThatMayStillBeRefused()
    {
        var (one, joining) = (Hold("u", "s_1"), Hold("u", "s_2", isAdmitted: false));
        Assert.Equal(["s_1"], _table.Wake("u", _there, At(5)).Select(place => place.Health.Id));
        Assert.Empty(_table.Wake("other", _there, At(5)));
        joining.IsAdmitted = true;
        Assert.True(_table.Remove("u", one));
        Assert.Equal(["s_2"], _table.Wake("u", _there, At(5)).Select(place => place.Health.Id));
    }

    [Theory]
    [InlineData(4, "e", true)]
    [InlineData(5, "e", false)]
    [InlineData(6, "e", false)]
    [InlineData(5, "f", true)]
    public void Holder_CatchesUp_WhenItIsBehindTheJournal(long offset, string epoch, bool isBehind)
    {
        var holder = Hold("u", "s_1");
        holder.Seen = new Cursor(epoch, offset);
        Assert.Empty(Beat(Active("u", 5, "s_1")));
        Assert.Equal(isBehind ? 1 : 0, holder.CaughtUp);
        _table.Wake("u", _there, At(5));
        Assert.Equal(isBehind ? 2 : 0, holder.CaughtUp);
    }

    [Fact]
    public void OtherPlacesThanTheGrainKnows_AreReported_AndAskForTheirs()
    {
        var one = Hold("u", "s_1");
        Assert.Equal(["s_1"], Assert.Single(Beat(Active("u", 0, "s_1", "s_gone"))).Ids);
        Assert.Equal(1, one.Renewed);
        Assert.Empty(Assert.Single(Beat(Active("gone", 0, "s_9"))).Ids);

        // One of the same number is another one all the same; and one that is joining is not missed yet.
        Assert.Equal(["s_1"], Assert.Single(Beat(Active("u", 0, "s_gone"))).Ids);
        Hold("u", "s_2", isAdmitted: false);
        Assert.Empty(Beat(Active("u", 0, "s_1")));
    }

    [Fact]
    public void GrainIsNotNotifiedOfALeave_OnlyWhileItIsAtRest()
    {
        HoldAndLeave(isNotified: true);
        HoldAndLeave(isNotified: true, () => Beat(Active("u", 0, "s_1")));
        HoldAndLeave(isNotified: false, () => Beat(Active("u", 0, "s_1")), () => Rest(_there));
        // Another silo's grain has gone to rest: it was active there before it was active here.
        HoldAndLeave(isNotified: true, () => Beat(Active("u", 0, "s_1")), () => Rest(_here));
        HoldAndLeave(isNotified: true, () => Beat(Active("u", 0, "s_1")), () => Rest(_there), () => _table.Wake("u", _here, At(0)));
        HoldAndLeave(isNotified: true, () => Beat(Active("u", 0, "s_1")), () => Rest(_there), () => _table.Heard("u", _there));
    }

    [Fact]
    public void GrainIsAtRest_BeforeItWasHeardOf_WhenItKnewTheSamePlaces()
    {
        var holder = Hold("u", "s_1");
        _table.Rest("u", _here, At("s_1", "s_other"));
        Assert.False(_table.IsAtRest("u"));
        // As a silo of an earlier release says it.
        Rest(_here);
        Assert.False(_table.IsAtRest("u"));
        _table.Rest("u", _here, At("s_1"));
        Assert.True(_table.IsAtRest("u"));
        _table.Wake("u", _there, At(0));
        Assert.False(_table.IsAtRest("u"));
        Assert.True(_table.Remove("u", holder));

        // One that joins may be known to the grain, or not.
        holder = Hold("u", "s_2", isAdmitted: false);
        _table.Rest("u", _here, At("s_2"));
        Assert.True(_table.Remove("u", holder));
    }

    [Fact]
    public void GrainIsAtRest_ByTheMessageOfAnotherSilo()
    {
        var holder = Hold("u", "s_1");
        _table.Beat(new JournalBeat(_there, [], ["other", "u"], [At("s_9"), At("s_1")]));
        Assert.False(_table.Remove("u", holder));
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public void Holder_CatchesUp_WhenItIsBehindAJournalThatGoesToRest(long offset, bool isBehind)
    {
        var holder = Hold("u", "s_1");
        holder.Seen = At(offset);
        _table.Rest("u", _here, new RestingJournal(At(5), PlaceSum.Of("s_1")));
        Assert.Equal(isBehind ? 1 : 0, holder.CaughtUp);
    }

    private void HoldAndLeave(bool isNotified, params Action[] heard)
    {
        var holder = Hold("u", "s_1");
        foreach (var hear in heard)
            hear();
        Assert.Equal(isNotified, _table.Remove("u", holder));
    }

    private Holder Hold(string user, string id, bool isAdmitted = true)
    {
        var holder = new Holder(id) { IsAdmitted = isAdmitted };
        _table.Add(user, holder);
        return holder;
    }

    private IReadOnlyList<UserPlaces> Beat(params ActiveJournal[] active) => _table.Beat(new JournalBeat(_there, active, []));

    private void Rest(SiloAddress silo) => _table.Beat(new JournalBeat(silo, [], ["u"]));

    private static ActiveJournal Active(string user, long end, params string[] ids) => new(user, At(end), SumOf(ids));

    private static RestingJournal At(params string[] ids) => new(At(0), SumOf(ids));

    private static long SumOf(string[] ids) => ids.Aggregate(0L, (sum, id) => unchecked(sum + PlaceSum.Of(id)));

    private static Cursor At(long offset) => new("e", offset);

    private sealed class Holder(string id) : IPlaceHolder
    {
        public string Id => id;

        public bool IsAdmitted { get; set; }

        public Cursor? Seen { get; set; }

        public int Renewed { get; private set; }

        public int CaughtUp { get; private set; }

        public HeldPlace Describe() => new(null!, new SocketHealth(id, "silo", default, null, null, 0, 0, 0, 0), Listens: true);

        public void RenewIn(TimeSpan delay) => Renewed++;

        public void CatchUp() => CaughtUp++;
    }
}
