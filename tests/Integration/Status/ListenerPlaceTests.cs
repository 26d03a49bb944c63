using Ingestion.Api.Status.Events;
using Ingestion.Api.Status.Places;
using Ingestion.Status;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Tests.Integration.Status;

/// <summary>The place of an event stream among its user's sockets, wherever the user's grain is.</summary>
public sealed class ListenerPlaceTests : IAsyncLifetime
{
    private readonly string _user = ServiceCluster.NewUser();
    private ServiceCluster _cluster = null!;
    private SiloAddress _silo = null!;
    private SiloAddress _victim = null!;

    private IStatusGrain Journal => _cluster.From(_silo).GetGrain<IStatusGrain>(_user);

    /// <summary>The listeners are in another silo than the grain.</summary>
    public async Task InitializeAsync()
    {
        _cluster = await ServiceCluster.StartAsync();
        var journal = _cluster.Cluster.Client.GetGrain<IStatusGrain>(_user);
        await journal.ListSocketsAsync();
        _victim = await _cluster.WhereAsync(journal);
        _silo = _cluster.Silos.First(silo => !silo.Equals(_victim));
    }

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task ListenerTakesItsPlaceAgain_WhenTheGrainComesBackElsewhere()
    {
        await using var listener = await ListenerAsync("e_1");
        await _cluster.KillAsync(_victim);
        Assert.True(await Retry.UntilAnsweredAsync(() => listener.RenewAsync(new Cursor(Cursor.EmptyEpoch, 0))));
        Assert.Equal(["e_1"], (await Journal.ListSocketsAsync()).Select(socket => socket.Id));

        await Journal.PublishAsync([ObserverTests.Event(ServiceCluster.NewId(), VideoStatus.Ready)], redelivery: false);
        await listener.WaitAsync(Eventually.Deadline, CancellationToken.None);
        Assert.Single((await listener.ReadAsync(new Cursor(Cursor.EmptyEpoch, 0))).Entries);
    }

    [Fact]
    public async Task ListenerHasToGo_WhenItsPlaceHasGoneToAnotherMeanwhile()
    {
        await using var listener = await ListenerAsync("e_1");
        await _cluster.KillAsync(_victim);
        await using var other = await Retry.UntilAnsweredAsync(() => ListenerAsync("e_2"));
        Assert.False(await listener.RenewAsync(new Cursor(Cursor.EmptyEpoch, 0)));
        Assert.Equal(["e_2"], (await Journal.ListSocketsAsync()).Select(socket => socket.Id));
    }

    [Fact]
    public async Task ListenerWithoutAPlaceCountsForNothing()
    {
        await using var listener = await ListenerAsync("e_1");
        await using var poll = new JournalListener(_cluster.From(_silo), _user, EventAudience.Owner, videos: null);
        Assert.True(await poll.JoinAsync());
        await poll.StartAsync(since: null);
        Assert.True(await poll.RenewAsync(new Cursor(Cursor.EmptyEpoch, 0)));
        Assert.Single(await Journal.ListSocketsAsync());
    }

    private PlaceTable Table()
    {
        var services = _cluster.Services(_silo);
        return new PlaceTable(services.GetRequiredService<IClusterMembershipService>(), services.GetRequiredService<IClusterManifestProvider>(),
            TimeProvider.System, NullLogger<PlaceTable>.Instance);
    }

    /// <summary>A listener that has joined where only one may, and has started.</summary>
    private async Task<JournalListener> ListenerAsync(string id)
    {
        var health = new SocketHealth(id, "silo", _cluster.Time.GetUtcNow(), null, null, 0, 0, 0, 0);
        var listener = new JournalListener(_cluster.From(_silo), _user, EventAudience.Owner, videos: null, new ListenerPlace(health, Most: 1, Table()));
        Assert.True(await listener.JoinAsync());
        await listener.StartAsync(since: null);
        return listener;
    }
}
