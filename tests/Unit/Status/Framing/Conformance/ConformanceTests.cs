using Ingestion.Tests.Support.WebSockets;

namespace Ingestion.Tests.Unit.Status.Framing.Conformance;

/// <summary>RFC 6455 clause by clause against the echo. The same cases run against <c>/ws</c> in the end-to-end suite.</summary>
public sealed class ConformanceTests(EchoServer server) : IClassFixture<EchoServer>
{
    // Each byte in a packet of its own: what is longer would only take long.
    private const int LongestBytewise = 300;

    public static TheoryData<string> Framing => [.. FramingCases.All.Select(one => one.Name)];

    public static TheoryData<string> Messages => [.. EchoCases.All.Select(one => one.Name)];

    public static TheoryData<string> Handshakes => [.. HandshakeCase.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Framing))]
    public Task Frames_AreAnsweredByTheBook_When(string name) => CheckAsync(FramingCases.Of(name));

    [Theory]
    [MemberData(nameof(Messages))]
    public Task Message_ComesBackAsItWas_When(string name) => CheckAsync(EchoCases.Of(name));

    [Theory]
    [MemberData(nameof(Handshakes))]
    public async Task Handshake_IsAnsweredByTheBook_When(string name)
    {
        var one = HandshakeCase.All.Single(one => one.Name == name);
        using var socket = await WireSocket.OpenAsync(server.Address, $"GET /echo {one.Protocol}", one.Fields);
        Assert.Equal(one.Status, socket.Status);
        foreach (var field in one.Wanted)
            Assert.Contains(field.Split(": ", 2)[1], socket.Fields[field.Split(':')[0]]);
        if (one.Status == 101)
            await LivesAsync(socket);
    }

    private static async Task LivesAsync(WireSocket socket)
    {
        await socket.SendAsync(WireFrame.Close(1000));
        Assert.Equal(["close:1000"], await socket.TranscriptAsync(frame => null));
    }

    private async Task CheckAsync(WireCase one)
    {
        foreach (var bytewise in one.Sent.Length <= LongestBytewise ? (bool[])[false, true] : [false])
        {
            using var socket = await WireSocket.OpenAsync(server.Address, "GET /echo HTTP/1.1", WireSocket.Upgrade);
            Assert.Equal(101, socket.Status);
            await socket.SendAsync(one.Sent, bytewise);
            Assert.Equal(one.Answers, await socket.TranscriptAsync(EchoCases.Describe));
        }
    }
}
