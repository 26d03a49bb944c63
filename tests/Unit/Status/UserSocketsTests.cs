using Ingestion.Grains.Status;
using Ingestion.Status;

namespace Ingestion.Tests.Unit.Status;

/// <summary>The exact number of a user's sockets.</summary>
public sealed class UserSocketsTests
{
    private readonly ManualTime _time = new();
    private readonly UserSockets _sockets;

    public UserSocketsTests() => _sockets = new UserSockets(_time);

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
