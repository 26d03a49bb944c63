using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Status.Browsers;

/// <summary>What a page in Chromium sees of sockets that are refused or ended: the code, and what the <c>bye</c> before it has.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm, BrowserProcess.Chromium)]
[Collection(BrowserSilo.Name)]
public sealed class SocketTests(BrowserSilo shared)
{
    [ContractFact]
    public async Task PageSeesWhyItIsRefused_WhateverIsWrongWithItsToken()
    {
        var (user, share) = (SiloFixture.NewUser(), Guid.CreateVersion7().ToString("N"));
        (string? Token, int Code)[] cases =
        [
            ("a.b.c", 4001),
            (HandMadeToken.Unsigned(new TokenClaims(user, ["read"])), 4001),
            (null, 4001),
            (Sign(new TokenClaims(user, ["read"]) { Expires = TimeProvider.System.GetUtcNow().AddMinutes(-1) }), 4202),
            (shared.Silo.Token(user, "upload"), 4003),
            (Sign(new TokenClaims(user, ["share"]) { Video = share, Id = "gone" }), 4006),
        ];
        var before = (await SocketsAsync(shared.Page)).Length;
        foreach (var (token, _) in cases)
            await ConnectAsync(shared.Page, shared.Silo, token);

        var sockets = await UntilAsync(shared.Page, all => all.Skip(before).All(IsClosed), "all are closed");

        Assert.Equal(cases.Select(one => one.Code), sockets.Skip(before).Select(CodeOf));
        foreach (var socket in sockets.Skip(before))
            IsClean(socket);
    }

    [ContractFact]
    public async Task PageSees4005_WhenItsUserHasTooManySockets()
    {
        var before = (await SocketsAsync(shared.Page)).Length;
        var token = shared.Silo.Token(SiloFixture.NewUser());
        await ConnectAsync(shared.Page, shared.Silo, token, BrowserSilo.MostSockets);
        await UntilAsync(shared.Page, all => all.Skip(before).All(socket => OpsOf(socket) is ["hello"]), "as many as may be are open");

        await ConnectAsync(shared.Page, shared.Silo, token);

        var sockets = await UntilAsync(shared.Page, all => IsClosed(all[^1]), "the last one is closed");
        Assert.Equal(4005, CodeOf(sockets[^1]));
        IsClean(sockets[^1]);
        Assert.All(sockets[before..^1], socket => Assert.False(IsClosed(socket)));
    }

    [ContractFact]
    public async Task PageSeesWhenToComeBack_WhenTooManyComeAtOnceAndWhenTheSiloStops()
    {
        const int Sockets = 5;
        await using var silo = await SiloProcess.StartAsync(null, ("Roles", "api"), ("Sockets__AcceptsPerSecond", "1"));
        await ConnectAsync(shared.Page, silo, silo.Token("ann"), Sockets);
        var sockets = await UntilAsync(
            shared.Page, all => all[^Sockets..].All(socket => IsClosed(socket) || OpsOf(socket) is ["hello", ..]) && all[^Sockets..].Any(IsClosed), "some may stay");
        var refused = sockets[^Sockets..].Where(IsClosed).ToArray();
        Assert.InRange(refused.Length, 1, Sockets - 1);
        Assert.All(refused, socket => Assert.Equal(4106, CodeOf(socket)));
        Assert.All(refused, socket => Assert.InRange(IsClean(socket).GetProperty("retry_ms").GetInt32(), 1_000, 6_000));

        await silo.TerminateAsync();

        sockets = await UntilAsync(shared.Page, all => all[^Sockets..].All(IsClosed), "all are closed");
        var left = sockets[^Sockets..].Where(socket => CodeOf(socket) != 4106).ToArray();
        Assert.Equal(Sockets - refused.Length, left.Length);
        Assert.All(left, socket => Assert.Equal(4200, CodeOf(socket)));
        Assert.All(left, socket => Assert.InRange(IsClean(socket).GetProperty("retry_ms").GetInt32(), 0, 5_000));
    }

    /// <summary>As the document shows it to pages; null: without a token.</summary>
    private static async Task ConnectAsync(NodeScript page, SiloProcess silo, string? token, int count = 1)
    {
        string[] protocols = [StatusClient.Subprotocol, .. token is null ? Array.Empty<string>() : [$"bearer.{HandMadeToken.Encode(token)}"]];
        await page.CallAsync("connect", new { url = new UriBuilder(silo.Address) { Scheme = "ws", Path = "/ws" }.Uri, protocols, count });
    }

    private static async Task<JsonElement[]> SocketsAsync(NodeScript page) => [.. (await page.CallAsync("sockets")).EnumerateArray()];

    private static async Task<JsonElement[]> UntilAsync(NodeScript page, Func<JsonElement[], bool> condition, string what)
    {
        var sockets = Array.Empty<JsonElement>();
        await Eventually.TrueAsync(
            async () => condition(sockets = await SocketsAsync(page)), () => $"{what}: {string.Join('\n', sockets.Select(socket => socket.ToString()))}");
        return sockets;
    }

    private static bool IsClosed(JsonElement socket) => socket.GetProperty("code").ValueKind is JsonValueKind.Number;

    private static int CodeOf(JsonElement socket) => socket.GetProperty("code").GetInt32();

    private static string?[] OpsOf(JsonElement socket) => [.. socket.GetProperty("frames").EnumerateArray().Select(frame => frame.GetProperty("op").GetString())];

    /// <summary>It opened, and ended in good order, with a <c>bye</c> of the same code as its last frame, which is the answer.</summary>
    private static JsonElement IsClean(JsonElement socket)
    {
        Assert.Equal((true, true), (socket.GetProperty("opened").GetBoolean(), socket.GetProperty("wasClean").GetBoolean()));
        var last = socket.GetProperty("frames").EnumerateArray().Last();
        Assert.Equal(("bye", CodeOf(socket)), (last.GetProperty("op").GetString(), last.GetProperty("code").GetInt32()));
        return last;
    }

    private string Sign(TokenClaims claims) => HandMadeToken.Sign(shared.Silo.Data, claims);
}
