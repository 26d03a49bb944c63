namespace Ingestion.Tests.EndToEnd.Status.Sockets;

/// <summary>How the server ends a socket on its own.</summary>
[Collection(StrictSilo.Name)]
public sealed class SocketEndTests(StrictSilo shared)
{
    [Fact]
    public async Task ClosesWith4202_WhenTheTokenExpires()
    {
        var expires = TimeProvider.System.GetUtcNow().AddSeconds(3);
        var token = HandMadeToken.Sign(shared.Silo.Data, new TokenClaims(SiloFixture.NewUser(), ["read"]) { Expires = expires });
        using var api = new ApiClient(shared.Silo.Address, token);
        await using var socket = await StatusClient.ConnectAsync(api);
        Assert.Equal(expires.ToUnixTimeSeconds(), (await socket.NextAsync("hello")).Number("exp"));

        await socket.IsClosedAsync(4202);
        Assert.True(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() >= expires.ToUnixTimeSeconds(), "not before it expires");
    }

    [Fact]
    public async Task ClosesWith4104_WhenAClientNeverAnswersPings()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var zombie = await StatusClient.ConnectAsync(api, answersPings: false);
        await using var alive = await StatusClient.ConnectAsync(api);
        await zombie.IsClosedAsync(4104);

        Assert.Null(alive.CloseCode);
        Assert.Empty(await alive.SoFarAsync());
    }
}
