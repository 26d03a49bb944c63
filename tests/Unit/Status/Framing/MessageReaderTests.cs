using System.IO.Pipelines;
using System.Text;
using Ingestion.Api.Status.Framing;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Status.Framing;

/// <summary>Frames of clients, right and wrong (RFC 6455).</summary>
public sealed class MessageReaderTests
{
    private const int Longest = 1000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(Longest)]
    public async Task Message_ComesWhole_WhateverItsLength(int length) =>
        Assert.Equal([$"Text {length}", "Gone"], await ReadAsync(ClientFrames.Of(0x1, new byte[length])));

    [Fact]
    public async Task Message_IsTooLong_AndTheNextOneIsRead() =>
        Assert.Equal(["TooLong 0", "Text 3", "Gone"], await ReadAsync([.. ClientFrames.Of(0x1, new byte[Longest + 1]), .. ClientFrames.Of(0x1, new byte[3])]));

    [Theory]
    [InlineData(1023, "Text 0")]
    [InlineData(1024, "TooLong 0")]
    public async Task Message_IsTooLong_WhenItHasTooManyFragments(int more, string expected)
    {
        byte[] start = ClientFrames.Of(0x1, [], final: false), middle = ClientFrames.Of(0x0, [], final: false);
        byte[] bytes = [.. start, .. Enumerable.Repeat(middle, more - 1).SelectMany(frame => frame), .. ClientFrames.Of(0x0, []),
            .. ClientFrames.Of(0x1, new byte[1])];
        Assert.Equal([expected, "Text 1", "Gone"], await ReadAsync(bytes));
    }

    [Fact]
    public async Task Message_IsTooLong_WhenItsFragmentsAreTogether() =>
        Assert.Equal(
            ["TooLong 0", "Text 1", "Gone"],
            await ReadAsync([.. ClientFrames.Of(0x1, new byte[600], final: false), .. ClientFrames.Of(0x0, new byte[600]),
            .. ClientFrames.Of(0x1, new byte[1])]));

    [Fact]
    public async Task Controls_ComeInTheMiddleOfAMessage() =>
        Assert.Equal(
            ["Ping 2", "Pong 0", "Text 5", "Gone"],
            await ReadAsync([
                .. ClientFrames.Of(0x1, new byte[2], final: false), .. ClientFrames.Of(0x9, new byte[2]), .. ClientFrames.Of(0xA, []),
                .. ClientFrames.Of(0x0, new byte[2], final: false), .. ClientFrames.Of(0x0, new byte[1])]));

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "not masked", [0x81, 0x00] },
        { "a reserved bit", [0xC1, 0x80, 0, 0, 0, 0] },
        { "an unknown kind", ClientFrames.Of(0x3, []) },
        { "an unknown control", ClientFrames.Of(0xB, []) },
        { "a continuation of nothing", ClientFrames.Of(0x0, []) },
        { "a message within a message", [.. ClientFrames.Of(0x1, [], final: false), .. ClientFrames.Of(0x1, [])] },
        { "a control in pieces", ClientFrames.Of(0x9, [], final: false) },
        { "a control too long", ClientFrames.Of(0x9, new byte[126]) },
        { "a negative length", [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Frame_IsBroken_WhenItIs(string why, byte[] bytes) => Assert.Equal((why, "Broken 0"), (why, (await ReadAsync(bytes))[^1]));

    [Fact]
    public Task Messages_AreThoseThatWereSent_HoweverTheyAreCutUp() => Histories.CheckAsync(500, async random =>
    {
        var texts = Enumerable.Range(0, random.Next(1, 6)).Select(_ => new string((char)random.Next('a', 'z'), random.Next(0, Longest + 1))).ToList();
        var bytes = texts.SelectMany(text => ClientFrames.InPieces(Encoding.ASCII.GetBytes(text), random)).ToArray();
        var pipe = new Pipe();
        using var reader = new PipeMessages(pipe.Reader, Longest);
        var writing = WriteAsync(pipe.Writer, bytes, random);
        foreach (var text in texts)
        {
            var message = await NextTextAsync(reader);
            Assert.Equal(text, Encoding.ASCII.GetString(message.Payload.Span));
        }

        Assert.Null(await reader.NextAsync());
        await writing;
    });

    [Fact]
    public Task Reader_NeverThrowsAndAlwaysEnds_WhateverComes() => Histories.CheckAsync(10_000, async random =>
    {
        var bytes = new byte[random.Next(0, 200)];
        random.NextBytes(bytes);
        // Half of them begin like a frame, so that they get further.
        if (bytes.Length > 1 && random.Next(2) == 0)
            (bytes[0], bytes[1]) = ((byte)(0x80 | random.Next(0, 3)), (byte)(0x80 | random.Next(0, 128)));
        Assert.Contains((await ReadAsync(bytes))[^1], (string[])["Broken 0", "Gone"]);
    });

    private static async Task<ClientMessage> NextTextAsync(PipeMessages reader)
    {
        while (true)
        {
            var message = Assert.NotNull(await reader.NextAsync());
            if (message.Kind is not MessageKind.Ping)
            {
                Assert.Equal(MessageKind.Text, message.Kind);
                return message;
            }
        }
    }

    private static async Task<List<string>> ReadAsync(byte[] bytes)
    {
        var pipe = new Pipe();
        using var reader = new PipeMessages(pipe.Reader, Longest);
        await pipe.Writer.WriteAsync(bytes);
        await pipe.Writer.CompleteAsync();
        return await reader.AllAsync();
    }

    private static async Task WriteAsync(PipeWriter writer, byte[] bytes, Random random)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(random.Next(1, 100), bytes.Length - at);
            await writer.WriteAsync(bytes.AsMemory(at, count));
            at += count;
        }

        await writer.CompleteAsync();
    }
}
