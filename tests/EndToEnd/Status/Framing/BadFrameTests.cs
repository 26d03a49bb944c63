using System.Net.WebSockets;

namespace Ingestion.Tests.EndToEnd.Status.Framing;

/// <summary>Frames that break the rules: a close where the client is broken, an error where it merely requested too much.</summary>
[Collection(DefaultSilo.Name)]
public sealed class BadFrameTests(DefaultSilo shared)
{
    private const int LargestFrame = 64 * 1024;

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    [InlineData("""{"op":"ping"} trailing""")]
    [InlineData("""{"op":"ping",}""")]
    [InlineData("""{"op":"sub","ch":["user" """)]
    public async Task ClosesWith4000_WhenAFrameIsNoJson(string frame)
    {
        await using var socket = await ConnectAsync();
        await socket.SendAsync(frame);
        await socket.IsClosedAsync(4000);
    }

    [Theory]
    [InlineData("null", null)]
    [InlineData("[]", null)]
    [InlineData("7", null)]
    [InlineData("\"ping\"", null)]
    [InlineData("{}", null)]
    [InlineData("""{"id":1}""", 1)]
    [InlineData("""{"op":null,"id":1}""", 1)]
    [InlineData("""{"op":7,"id":1}""", 1)]
    [InlineData("""{"op":["ping"],"id":1}""", 1)]
    [InlineData("""{"op":"\ud800","id":1}""", 1)]
    [InlineData("""{"op":"sub","id":"1","ch":["user"]}""", null)]
    [InlineData("""{"op":"sub","id":1.5,"ch":["user"]}""", null)]
    [InlineData("""{"op":"sub","id":1e20,"ch":["user"]}""", null)]
    [InlineData("""{"op":"sub","id":1,"ch":"user"}""", 1)]
    [InlineData("""{"op":"sub","id":1,"ch":[1]}""", 1)]
    [InlineData("""{"op":"sub","id":1,"ch":["user",null]}""", 1)]
    [InlineData("""{"op":"sub","id":1,"ch":{"0":"user"}}""", 1)]
    [InlineData("""{"op":"sub","id":1,"ch":["user"],"since":7}""", 1)]
    [InlineData("""{"op":"unsub","id":1,"ch":"user"}""", 1)]
    [InlineData("""{"op":"unsub","id":1,"ch":[null]}""", 1)]
    [InlineData("""{"op":"ack","id":1,"cur":7}""", 1)]
    [InlineData("""{"op":"ack","id":1,"cur":["k:1"]}""", 1)]
    [InlineData("""{"op":"pong","id":1,"ts":"1"}""", 1)]
    [InlineData("""{"op":"pong","id":1,"cur":{}}""", 1)]
    [InlineData("""{"op":"ping","ts":"1"}""", null)]
    [InlineData("""{"op":"ping","id":1,"ts":1.5}""", 1)]
    [InlineData("""{"op":"ping","id":1,"ts":9223372036854775808}""", 1)]
    [InlineData("""{"op":"auth","id":1,"token":7}""", 1)]
    [InlineData("""{"op":"auth","id":1,"token":["a.b.c"]}""", 1)]
    public async Task AnswersAnErrorAndStaysOpen_WhenAFrameIsJsonOfAnotherShape(string frame, int? id)
    {
        await using var socket = await ConnectAsync();
        await socket.SendAsync(frame);
        await IsRefusedAsync(socket, id, "frame_invalid");
    }

    [Fact]
    public async Task ClosesWith4000_WhenAFrameIsBinary()
    {
        await using var socket = await ConnectAsync();
        await socket.SendAsync("""{"op":"ping"}"""u8.ToArray(), WebSocketMessageType.Binary);
        await socket.IsClosedAsync(4000);
    }

    [Theory]
    [InlineData(LargestFrame + 1)]
    [InlineData(1024 * 1024)]
    public async Task ClosesWith4000_WhenAFrameIsTooLarge(int length)
    {
        await using var socket = await ConnectAsync();
        try
        {
            await socket.SendAsync(Padded(length));
        }
        catch (WebSocketException)
        {
            // It has closed before all of the frame was sent, as it should.
        }

        await socket.IsClosedAsync(4000);
    }

    [Fact]
    public async Task IsTaken_WhenAFrameIsAsLargeAsAllowed()
    {
        await using var socket = await ConnectAsync();
        await socket.SendAsync(Padded(LargestFrame));
        await socket.NextAsync("pong");
    }

    [Fact]
    public async Task AnswersAnErrorAndStaysOpen_WhenTheOpIsUnknown()
    {
        await using var socket = await ConnectAsync();
        await socket.SendAsync(new { op = "fly", id = 7 });
        await IsRefusedAsync(socket, 7, "op_unknown");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("epoch:")]
    [InlineData(":1")]
    [InlineData("epoch:-1")]
    [InlineData("epoch:1e3")]
    [InlineData("epoch:99999999999999999999")]
    public async Task AnswersAnErrorAndStaysOpen_WhenTheCursorIsNone(string since)
    {
        await using var socket = await ConnectAsync();
        await socket.SendAsync(new { op = "sub", id = 3, ch = new[] { "user" }, since });
        await IsRefusedAsync(socket, 3, "cursor_invalid");
    }

    public static TheoryData<string[]?, string> BadChannels() => new()
    {
        { null, "channels_invalid" },
        { [], "channels_invalid" },
        { [.. Enumerable.Repeat("user", 65)], "channels_invalid" },
        { ["everything"], "channel_unknown" },
        { ["user", "everything"], "channel_unknown" },
        { ["video:../user"], "channel_unknown" },
        { ["video:"], "channel_unknown" },
        { [""], "channel_unknown" },
        { ["video:0190163D8694739B8EC16FB0DE1B5FB5"], "channel_unknown" },
    };

    [Theory]
    [MemberData(nameof(BadChannels))]
    public async Task AnswersAnErrorAndStaysOpen_WhenTheChannelsAreWrong(string[]? channels, string code)
    {
        await using var socket = await ConnectAsync();
        await socket.SendAsync(new { op = "sub", id = 4, ch = channels });
        await IsRefusedAsync(socket, 4, code);
    }

    private static async Task IsRefusedAsync(StatusClient socket, int? id, string code)
    {
        var refusal = await socket.NextAsync("err");
        Assert.Equal(code, refusal.Code);
        Assert.Equal(id, refusal.Json.TryGetProperty("id", out var answered) ? answered.GetInt32() : null);
        Assert.False(refusal.Json.GetProperty("retry").GetBoolean());
        Assert.Equal("snapshot", (await socket.SubscribeAsync(["user"])).Text("mode"));
    }

    private static string Padded(int length) => """{"op":"ping","ts":1}""".PadRight(length);

    private async Task<StatusClient> ConnectAsync()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var socket = await StatusClient.ConnectAsync(api);
        await socket.NextAsync("hello");
        return socket;
    }
}
