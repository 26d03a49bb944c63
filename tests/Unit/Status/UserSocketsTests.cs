using Ingestion.Grains.Status;
using Ingestion.Grains.Status.Places;
using Ingestion.Status;

namespace Ingestion.Tests.Unit.Status;

/// <summary>The exact number of a user's sockets.</summary>
public sealed class UserSocketsTests
{
    private static readonly SiloAddress _here = SiloAddress.FromParsableString("10.0.0.1:11111@1");
    private static readonly SiloAddress _there = SiloAddress.FromParsableString("10.0.0.2:11111@1");

    private readonly ManualTime _time = new();
    private readonly UserSockets _sockets;
    private readonly HashSet<SiloAddress> _dead = [];

    public UserSocketsTests() => _sockets = new UserSockets(_time, _dead.Contains, new JournalPresence("user"));

    [Fact]
    public void OneTooMany_IsRefused_UntilAnotherLeaves()
    {
        var (one, two, three) = (new Observer(), new Observer(), new Observer());
        Assert.True(Join(one, 2) && Join(two, 2));
        Assert.False(Join(three, 2));
        Assert.True(Join(two, 2));
        _sockets.Leave(one);
        Assert.True(Join(three, 2));
        Assert.Equal(2, _sockets.List().Count);
    }

    [Fact]
    public void Socket_DoesNotCount_WhenItHasNotRenewedForItsLease()
    {
        var (dead, alive) = (new Observer(), new Observer());
        Assert.True(Join(dead, 2) && Join(alive, 2));
        _time.Advance(ObserverLease.Time);
        Assert.True(_sockets.Renew(alive, Health("alive")).Known);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["alive"], _sockets.List().Select(health => health.Id));
        Assert.True(Join(new Observer(), 2));
        Assert.False(_sockets.Renew(dead, Health("dead")).Known);
    }

    [Fact]
    public void AnyNumber_MayJoin_WhenThereIsNoLimit()
    {
        for (var i = 0; i < 1000; i++)
            Assert.True(Join(new Observer(), most: 0));
    }

    [Fact]
    public void GuestsAndOthers_TakeNoPlaceOfEachOther()
    {
        var (guest, other) = (new Observer(), new Observer());
        Assert.True(Join(guest, 1, isGuest: true) && Join(other, 1));
        Assert.False(Join(new Observer(), 1, isGuest: true));
        Assert.False(Join(new Observer(), 1));

        _sockets.Leave(guest);

        Assert.False(Join(new Observer(), 1));
        Assert.True(Join(guest, 1, isGuest: true));
    }

    [Fact]
    public void GuestThatIsNoneAnyMore_JoinsAgainWhereThereIsAPlace()
    {
        var (guest, other) = (new Observer(), new Observer());
        Assert.True(Join(guest, 1, isGuest: true) && Join(other, 1));
        Assert.False(_sockets.Renew(guest, Health("s")).Known);
        Assert.False(Join(guest, 1));
        Assert.True(_sockets.Renew(guest, Health("s", isGuest: true)).Known);

        _sockets.Leave(other);

        Assert.True(Join(guest, 1));
        Assert.False(Join(other, 1));
        Assert.True(Join(new Observer(), 1, isGuest: true));
        Assert.Equal([false, true], _sockets.List().Select(health => health.IsGuest).Order());
    }

    [Fact]
    public void GuestsOfOneLink_TakeNoPlaceOfThoseOfAnother()
    {
        var first = new Observer();
        Assert.True(JoinGuest(first, "one") && JoinGuest(new Observer(), "one"));
        Assert.False(JoinGuest(new Observer(), "one"));
        Assert.True(JoinGuest(first, "one"));
        Assert.True(JoinGuest(new Observer(), "two"));
        // Of all links together there are three.
        Assert.False(JoinGuest(new Observer(), "two"));

        _sockets.Leave(first);

        Assert.True(JoinGuest(new Observer(), "one"));
        Assert.True(Join(new Observer(), 1));
    }

    [Fact]
    public void SocketOfASilo_CountsWithoutRenewals_UntilItsSiloDies()
    {
        Assert.True(JoinIn(_here, new Observer(), "a", most: 2) && JoinIn(_there, new Observer(), "b", most: 2));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.False(JoinIn(_here, new Observer(), "c", most: 2));
        _dead.Add(_there);
        Assert.True(JoinIn(_here, new Observer(), "c", most: 2));
        Assert.Equal(["a", "c"], _sockets.List().Select(health => health.Id).Order());
    }

    [Fact]
    public void PlacesThatAreNotFoundYet_Count_UntilTheirSiloAnswersOrIsOver()
    {
        _sockets.Expect(_here, new PlacesOfSilo(_here.ToParsableString(), Own: 2, Guests: 1));
        _sockets.Expect(_there, new PlacesOfSilo(_there.ToParsableString(), Own: 1, Guests: 0));
        Assert.False(JoinIn(_here, new Observer(), "new", most: 3));
        Assert.False(_sockets.TryJoin(new Observer(), Health("g", isGuest: true) with { Share = "x" }, most: 1));

        var held = new Observer();
        Assert.Equal([held], _sockets.Found(_here, [new HeldPlace(held, Health("a") with { Silo = _here.ToParsableString() }, Listens: true)]));
        Assert.True(JoinIn(_here, new Observer(), "new", most: 3));
        Assert.False(JoinIn(_here, new Observer(), "more", most: 3));
        Assert.Equal(
            [new PlacesOfSilo(_here.ToParsableString(), 2, 0), new PlacesOfSilo(_there.ToParsableString(), 1, 0)], _sockets.BySilo());

        Assert.Empty(_sockets.Found(_there, []));
        Assert.True(JoinIn(_here, new Observer(), "more", most: 3));
    }

    [Fact]
    public void PlacesThatAreNotThere_Go_ButNotThoseThatHaveJustCome()
    {
        Assert.True(JoinIn(_here, new Observer(), "a", 0) && JoinIn(_here, new Observer(), "b", 0) && JoinIn(_there, new Observer(), "c", 0));
        _time.Advance(ObserverLease.Period);
        Assert.True(JoinIn(_here, new Observer(), "d", 0));
        _sockets.Keep(_here, new HashSet<string> { "b" });
        Assert.Equal(["b", "c", "d"], _sockets.List().Select(health => health.Id).Order());
    }

    private bool JoinIn(SiloAddress silo, Observer observer, string id, int most) =>
        _sockets.TryJoin(observer, Health(id) with { Silo = silo.ToParsableString() }, most);

    private bool JoinGuest(Observer observer, string share) =>
        _sockets.TryJoin(observer, Health("g", isGuest: true) with { Share = share }, most: 3, mostOfShare: 2);

    private bool Join(Observer observer, int most, bool isGuest = false) => _sockets.TryJoin(observer, Health("s", isGuest), most);

    private SocketHealth Health(string id, bool isGuest = false) => new(id, "silo", _time.GetUtcNow(), null, null, 0, 0, 0, 0, isGuest);

    private sealed class Observer : IStatusObserver
    {
        public Task OnEntriesAsync(string epoch, IReadOnlyList<JournalEntry> entries) => Task.CompletedTask;

        public Task OnProgressAsync(StatusEvent progress) => Task.CompletedTask;
    }
}
