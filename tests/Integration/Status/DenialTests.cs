using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Status;

/// <summary>What is taken back in one silo is taken back in all.</summary>
public sealed class DenialTests
{
    [Fact]
    public async Task TokenIsRefusedByEverySilo_WhenItWasDeniedInOne()
    {
        await using var cluster = await SocketCluster.StartAsync();
        var (user, hosts) = (ServiceCluster.NewUser(), cluster.Hosts);
        var (leaked, fine) = (cluster.Token(user), cluster.Token(user));
        await using var one = await SocketClient.GreetedAsync(hosts[1], leaked);
        await using var two = await SocketClient.GreetedAsync(hosts[2], leaked);
        await using var other = await SocketClient.GreetedAsync(hosts[2], fine);

        using (var denied = await SendAsync(hosts[0], HttpMethod.Post, "/api/admin/denials", cluster.Token("root", "admin"), new { jti = IdOf(leaked) }))
            Assert.Equal(HttpStatusCode.Created, denied.StatusCode);

        Assert.Equal(4006, await one.EndAsync());
        Assert.Equal(4006, await two.EndAsync());
        foreach (var host in hosts)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await RequestAsync(host, leaked));
            Assert.Equal(HttpStatusCode.OK, await RequestAsync(host, fine));
        }

        Assert.Equal("snapshot", (await other.SubscribeAsync(["system"])).Text("mode"));
        // A joining silo refuses it from its first request on, and so do the remaining silos when another one dies.
        Assert.Equal(HttpStatusCode.Unauthorized, await RequestAsync(await cluster.AddAsync(), leaked));
        await cluster.KillAsync(hosts[0]);
        Assert.Equal(HttpStatusCode.Unauthorized, await RequestAsync(hosts[1], leaked));
    }

    [Fact]
    public async Task SocketsOfAllSilosAreClosed_WhenTheUserIsDisconnectedOrTheShareEndedInOne()
    {
        await using var cluster = await SocketCluster.StartAsync();
        var (user, hosts) = (ServiceCluster.NewUser(), cluster.Hosts);
        var share = await cluster.ShareAsync(user);
        await using var guest = await SocketClient.GreetedAsync(hosts[2], share);
        await using var one = await SocketClient.GreetedAsync(hosts[1], cluster.Token(user));
        await using var two = await SocketClient.GreetedAsync(hosts[2], cluster.Token(user));
        await using var other = await SocketClient.GreetedAsync(hosts[2], cluster.Token(ServiceCluster.NewUser()));

        var path = $"/api/videos/{Claims(share).GetProperty("video").GetString()}/share/{IdOf(share)}";
        using (var ended = await SendAsync(hosts[0], HttpMethod.Delete, path, cluster.Token(user), body: null))
            Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal(4006, await guest.EndAsync());

        using (var closed = await SendAsync(hosts[0], HttpMethod.Delete, $"/api/admin/users/{user}/sockets", cluster.Token("root", "admin"), body: null))
            Assert.Equal(2, (await closed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("closed").GetInt32());
        Assert.Equal(4007, await one.EndAsync());
        Assert.Equal(4007, await two.EndAsync());
        Assert.Equal("snapshot", (await other.SubscribeAsync(["system"])).Text("mode"));
    }

    [Fact]
    public async Task DeafSiloRefusesTheTokenWithinSeconds_WhenItWasDeniedInAnotherOne()
    {
        await using var cluster = await SocketCluster.StartAsync();
        var (user, hosts) = (ServiceCluster.NewUser(), cluster.Hosts);
        var leaked = cluster.Token(user);
        await using var socket = await SocketClient.GreetedAsync(hosts[1], leaked);
        hosts[1].GoDeaf();
        (await SendAsync(hosts[0], HttpMethod.Post, "/api/admin/denials", cluster.Token("root", "admin"), new { jti = IdOf(leaked) })).Dispose();
        Assert.Equal(4006, await socket.EndAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await RequestAsync(hosts[1], leaked));
    }

    [Fact]
    public async Task GuestIsClosedWithinTheLease_WhenTheSiloIsNotNotifiedThatTheShareHasEnded()
    {
        // The clock of the edges goes five times as fast. Nothing is notified: the record is changed behind their backs.
        await using var cluster = await SocketCluster.StartAsync(speed: 5);
        var user = ServiceCluster.NewUser();
        var share = await cluster.ShareAsync(user);
        await using var guest = await SocketClient.GreetedAsync(cluster.Hosts[1], share);
        var claims = Claims(share);
        Assert.True(await cluster.Service.From(0).GetGrain<IVideoShares>(claims.GetProperty("video").GetString()!)
            .RemoveShareAsync(user, claims.GetProperty("jti").GetString()!));
        Assert.Equal(4006, await guest.EndAsync());
    }

    private static async Task<HttpStatusCode> RequestAsync(ApiHost host, string token)
    {
        using var answer = await SendAsync(host, HttpMethod.Get, "/api/videos", token, body: null);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(ApiHost host, HttpMethod method, string path, string token, object? body)
    {
        using var http = new HttpClient { BaseAddress = host.Address };
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request);
    }

    private static string IdOf(string token) => Claims(token).GetProperty("jti").GetString()!;

    private static JsonElement Claims(string token) =>
        JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(token.Split('.')[1]));
}
