using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Integration.Silos;

/// <summary>Sockets of a silo that has too little memory move to others by themselves.</summary>
public sealed class MovedSocketsTests
{
    private const int Sockets = 220;

    [Fact]
    public async Task HalfOfTheSockets_MoveAway_WhenMemoryIsCritical()
    {
        await using var cluster = await SocketCluster.StartAsync();
        var host = cluster.Hosts[0];
        var sockets = await Task.WhenAll(Enumerable.Range(0, Sockets).Select(_ => SocketClient.GreetedAsync(host, cluster.Token(ServiceCluster.NewUser()))));
        var ends = sockets.Select(socket => socket.EndAsync()).ToArray();

        cluster.Service.Services(host.Silo).GetRequiredService<ScriptedSense>().Set(1.0);
        await Eventually.TrueAsync(() => ends.Count(end => end.IsCompleted) >= Sockets / 2, "half of them are closed");

        Assert.All(await Task.WhenAll(ends.Where(end => end.IsCompleted)), code => Assert.Equal(4201, code));
        await Eventually.TrueAsync(() => cluster.Service.Services(host.Silo).GetRequiredService<EdgeConnections>().Count == Sockets / 2, "the others stay");
        foreach (var socket in sockets)
            await socket.DisposeAsync();
    }
}
