using Ingestion.Tests.EndToEnd.Status.Channels;

namespace Ingestion.Tests.EndToEnd.Status.Sockets;

/// <summary>A new token over the open socket. What it allows: <see cref="ChannelMatrixTests"/>.</summary>
[Collection(DefaultSilo.Name)]
public sealed class RefreshTests(DefaultSilo shared)
{
    [Fact]
    public async Task SocketLivesOn_WhenANewTokenComesAfterTheOldHasExpired()
    {
        var user = SiloFixture.NewUser();
        using var api = new ApiClient(shared.Silo.Address, Sign(user, seconds: 2));
        await using var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        Assert.Equal("token_expired", (await socket.NextAsync("err")).Code);

        var longer = Sign(user, seconds: 600);
        await socket.SendAsync(new { op = "auth", token = longer });

        Assert.Equal(HandMadeToken.Read(longer).GetProperty("exp").GetInt64(), (await socket.NextAsync("authd")).Number("exp"));
        Assert.Equal("snapshot", (await socket.SubscribeAsync(["user"])).Text("mode"));
    }

    [Theory]
    [InlineData("nonsense", 4001)]
    [InlineData("", 4001)]
    [InlineData("{expired}", 4202)]
    public async Task SocketIsClosed_WhenTheNewTokenIsNone(string token, int code)
    {
        var user = SiloFixture.NewUser();
        using var api = new ApiClient(shared.Silo.Address, Sign(user, 600));
        await using var socket = await StatusClient.SubscribedAsync(api);

        await socket.SendAsync(new { op = "auth", token = token == "{expired}" ? Sign(user, -60) : token });

        await socket.IsClosedAsync(code);
    }

    private string Sign(string user, int seconds) =>
        HandMadeToken.Sign(shared.Silo.Data, new TokenClaims(user, ["read"]) { Expires = TimeProvider.System.GetUtcNow().AddSeconds(seconds) });
}
