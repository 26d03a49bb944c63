namespace Ingestion.Tests.EndToEnd.Status;

/// <summary>A new token over the open socket.</summary>
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
    [InlineData("{other user}", 4003)]
    [InlineData("{may not read}", 4003)]
    [InlineData("{lost the role}", 4003)]
    public async Task SocketIsClosed_WhenTheNewTokenIsNoneOfItsUser(string token, int code)
    {
        var user = SiloFixture.NewUser();
        using var api = new ApiClient(shared.Silo.Address, Sign(user, 600, roles: ["editor"]));
        await using var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        await socket.SubscribeAsync(["role:editor"]);

        await socket.SendAsync(new
        {
            op = "auth",
            token = token switch
            {
                "{expired}" => Sign(user, -60, roles: ["editor"]),
                "{other user}" => Sign(SiloFixture.NewUser(), 600, roles: ["editor"]),
                "{may not read}" => Sign(user, 600, "upload", ["editor"]),
                "{lost the role}" => Sign(user, 600),
                _ => token,
            },
        });

        await socket.IsClosedAsync(code);
    }

    private string Sign(string user, int seconds, string scope = "read", string[]? roles = null) =>
        HandMadeToken.Sign(shared.Silo.Data, new TokenClaims(user, [scope]) { Roles = roles, Expires = TimeProvider.System.GetUtcNow().AddSeconds(seconds) });
}
