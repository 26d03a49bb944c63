using System.Net;
using System.Net.Http.Headers;
using Ingestion.Grains.Status.Places;
using Ingestion.Status;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Integration.Status;

/// <summary>An idle socket needs no grain: its user's grain goes to rest, and finds its sockets when something happens.</summary>
public sealed class IdleSocketTests
{
    // The clock of the edges goes so many times as fast, as sockets renew after 10 s, and ask for a grain that is silent for 25 s.
    private const int Speed = 5;

    private readonly string _user = ServiceCluster.NewUser();

    [Fact]
    public async Task SocketsOfAllSilosGetWhatComes_Once_WhenTheGrainWasAtRest()
    {
        await using var cluster = await SocketCluster.StartAsync(Speed);
        var sockets = await ListenAsync(cluster, cluster.Hosts);
        for (var round = 0; round < 3; round++)
        {
            await RestAsync(cluster);
            // At rest it stays: neither a ping nor a comparison wakes it.
            await Task.Delay(TimeSpan.FromSeconds(2));
            await BeatAsync(cluster);
            Assert.False(await IsActiveAsync(cluster));

            await PublishAsync(cluster, round);
            foreach (var socket in sockets)
                Assert.Equal($"v{round}", VideoOf(await socket.NextAsync("evt")));
        }

        await EndAsync(sockets);
    }

    [Fact]
    public async Task SocketThatHasJustComeNeitherRenewsNorSaysThatItLeaves_WhenTheGrainWentToRest()
    {
        // No comparison of silos comes meanwhile, and the socket would renew after ten seconds.
        await using var cluster = await SocketCluster.StartAsync(Speed);
        var journal = cluster.Service.Cluster.Client.GetGrain<IStatusGrain>(_user);
        await journal.ListSocketsAsync();
        var where = await cluster.Service.WhereAsync(journal);
        var sockets = await ListenAsync(cluster, [.. cluster.Hosts.Where(host => host.Silo.Equals(where))]);

        await cluster.Service.CollectAsync();

        Assert.False(await IsActiveAsync(cluster));
        await HeardAsync(cluster);
        Assert.False(await IsActiveAsync(cluster));
        await PublishAsync(cluster, 0);
        Assert.Equal("v0", VideoOf(await sockets[0].NextAsync("evt")));
        await cluster.Service.CollectAsync();
        await EndAsync(sockets);
        Assert.False(await IsActiveAsync(cluster));
    }

    [Fact]
    public async Task EventStreamGetsWhatComes_WhenTheGrainWasAtRest()
    {
        await using var cluster = await SocketCluster.StartAsync(Speed);
        using var http = new HttpClient { BaseAddress = cluster.Hosts[1].Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.Token(_user));
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var answer = await http.GetAsync(new Uri("/api/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await RestAsync(cluster);

        await PublishAsync(cluster, 0);

        string? line;
        do
        {
            line = await lines.ReadLineAsync().WaitAsync(Eventually.Deadline);
        }
        while (line?.Contains("\"v0\"", StringComparison.Ordinal) is false);
        Assert.NotNull(line);
    }

    [Fact]
    public async Task LimitStaysExact_WhenTheGrainWasAtRest()
    {
        await using var cluster = await SocketCluster.StartAsync(Speed, ("Sockets:MaxSocketsPerUser", "3"));
        var hosts = cluster.Hosts;
        var sockets = await ListenAsync(cluster, hosts);
        await RestAsync(cluster);
        await using (var fourth = await SocketClient.ConnectAsync(hosts[0], cluster.Token(_user)))
            Assert.Equal(4005, await fourth.EndAsync());

        // One leaves while the grain is at rest, which wakes no grain; its place is free all the same.
        await RestAsync(cluster);
        await sockets[1].CloseAsync();
        Assert.False(await IsActiveAsync(cluster));
        await using var next = await SocketClient.GreetedAsync(hosts[2], cluster.Token(_user));
        await using var late = await SocketClient.ConnectAsync(hosts[0], cluster.Token(_user));
        Assert.Equal(4005, await late.EndAsync());
        await EndAsync(sockets);
    }

    [Fact]
    public async Task PlacesOfADeadSiloAreFree_AndTheOthersAreServed_WhenTheGrainWasAtRest()
    {
        await using var cluster = await SocketCluster.StartAsync(Speed, ("Sockets:MaxSocketsPerUser", "3"));
        var hosts = cluster.Hosts;
        var sockets = await ListenAsync(cluster, hosts);
        await RestAsync(cluster);

        await cluster.KillAsync(hosts[2]);

        await using var third = await Retry.UntilAnsweredAsync(() => SocketClient.GreetedAsync(hosts[0], cluster.Token(_user)));
        await PublishAsync(cluster, 0);
        foreach (var socket in sockets.Take(2))
            Assert.Equal("v0", VideoOf(await socket.NextAsync("evt")));
        await EndAsync(sockets);
    }

    [Fact]
    public async Task SocketsAskForTheirGrain_WhenItsSiloDies()
    {
        await using var cluster = await SocketCluster.StartAsync(Speed);
        var journal = cluster.Service.Cluster.Client.GetGrain<IStatusGrain>(_user);
        await journal.ListSocketsAsync();
        var where = await cluster.Service.WhereAsync(journal);
        var sockets = await ListenAsync(cluster, [.. cluster.Hosts.Where(host => !host.Silo.Equals(where))]);
        await HeardAsync(cluster);

        await cluster.KillAsync(cluster.Hosts.Single(host => host.Silo.Equals(where)));

        await PublishAsync(cluster, 0);
        foreach (var socket in sockets)
            Assert.Equal("v0", VideoOf(await socket.NextAsync("evt")));
        await EndAsync(sockets);
    }

    [Fact]
    public async Task SocketsAskForTheirGrain_WhenItCouldNotStoreWhereTheyAre()
    {
        await using var cluster = await SocketCluster.StartAsync(Speed);
        var sockets = await ListenAsync(cluster, cluster.Hosts);
        await HeardAsync(cluster);
        cluster.Service.PlacesFault.On();
        await cluster.Service.CollectAsync();
        await cluster.Service.PlacesFault.StruckAsync(1);
        cluster.Service.PlacesFault.Off();

        await PublishAsync(cluster, 0);

        foreach (var socket in sockets)
            Assert.Equal("v0", VideoOf(await socket.NextAsync("evt")));
        await EndAsync(sockets);
    }

    [Fact]
    public async Task SocketsAreStillFound_WhenTheJournalCouldNotBeReadBefore()
    {
        await using var cluster = await SocketCluster.StartAsync(Speed);
        var sockets = await ListenAsync(cluster, cluster.Hosts);
        await RestAsync(cluster);
        cluster.Service.UnreadableJournal.On();
        await Assert.ThrowsAnyAsync<Exception>(() => cluster.Service.Cluster.Client.GetGrain<IStatusGrain>(_user).ListSocketsAsync());
        cluster.Service.UnreadableJournal.Off();

        await PublishAsync(cluster, 0);

        foreach (var socket in sockets)
            Assert.Equal("v0", VideoOf(await socket.NextAsync("evt")));
        await EndAsync(sockets);
    }

    private static string? VideoOf(Frame evt) => evt.VideoId;

    private async Task<List<SocketClient>> ListenAsync(SocketCluster cluster, IReadOnlyList<ApiHost> hosts)
    {
        var sockets = new List<SocketClient>();
        foreach (var host in hosts)
        {
            var socket = await SocketClient.GreetedAsync(host, cluster.Token(_user));
            Assert.Equal("snapshot", (await socket.SubscribeAsync(["user"])).Text("mode"));
            await socket.NextAsync("snap");
            sockets.Add(socket);
        }

        return sockets;
    }

    /// <summary>All sockets have renewed once, and leave it to their silo from now on.</summary>
    private static Task HeardAsync(SocketCluster cluster) => Task.Delay(TimeSpan.FromSeconds(15) / Speed);

    /// <summary>The grain goes to rest, and the silos of its sockets know.</summary>
    private async Task RestAsync(SocketCluster cluster)
    {
        await HeardAsync(cluster);
        await Eventually.TrueAsync(
            async () =>
            {
                await cluster.Service.CollectAsync();
                // Not to be asked for meanwhile: on the edges' clock its silo is silent soon.
                await BeatAsync(cluster);
                return !await IsActiveAsync(cluster);
            },
            "the grain is at rest");
    }

    private static Task BeatAsync(SocketCluster cluster) => Task.WhenAll(
        cluster.Service.Silos.Select(silo => cluster.Service.Services(silo).GetRequiredService<ActiveJournals>().BeatAsync()));

    // By what the silos have: the address of an activation may come from a cache.
    private async Task<bool> IsActiveAsync(SocketCluster cluster)
    {
        var (client, management) = (cluster.Service.Cluster.Client, cluster.Service.Cluster.Client.GetGrain<IManagementGrain>(0));
        var journal = client.GetGrain<IStatusGrain>(_user).GetGrainId();
        return (await management.GetDetailedGrainStatistics()).Any(grain => grain.GrainId == journal);
    }

    private Task<bool> PublishAsync(SocketCluster cluster, int round) => Retry.UntilAnsweredAsync(async () =>
    {
        await cluster.Service.From(cluster.Hosts[0].Silo).GetGrain<IStatusGrain>(_user)
            .PublishAsync([ObserverTests.Event($"v{round}", VideoStatus.Ready)], redelivery: true);
        return true;
    });

    private static async Task EndAsync(List<SocketClient> sockets)
    {
        foreach (var socket in sockets)
            await socket.DisposeAsync();
    }
}
