using System.IO.Compression;
using System.Text;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Framing;
using Ingestion.Status;
using Ingestion.Tests.Unit.Infrastructure;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Status.Framing;

/// <summary>permessage-deflate: compression round-trips, and no client makes us inflate more than a frame may hold.</summary>
public sealed class DeflateTests
{
    private const int Longest = 1000;

    [Fact]
    public void Message_ComesBack_Whatever() => Histories.Check(500, random =>
    {
        var message = new byte[random.Next(Longest + 1)];
        random.NextBytes(message.AsSpan(0, random.Next(message.Length + 1)));
        Assert.Equal(message.Length, Deflate.Inflate(Deflate.Compress(message), Longest, out var inflated));
        Assert.Equal(message, inflated[..message.Length]);
    });

    [Fact]
    public void Message_ComesBack_WhenItIsEmpty() => Assert.Equal(0, Deflate.Inflate(Deflate.Compress([]), Longest, out _));

    [Fact]
    public void Message_RoundTrips_WhenItsLastBlockIsMarkedFinal()
    {
        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write("final"u8);
        Assert.Equal(5, Deflate.Inflate(compressed.ToArray(), Longest, out var inflated));
        Assert.Equal("final"u8, inflated.AsSpan(0, 5));
    }

    [Fact]
    public void Inflating_EndsAtTheLongestMessage_HoweverMuchThereIs() =>
        Assert.Equal(-1, Deflate.Inflate(Deflate.Compress(new byte[50_000_000]), Longest, out _));

    [Fact]
    public void Inflating_NeverThrows_WhateverComes() => Histories.Check(5_000, random =>
    {
        var bytes = new byte[random.Next(0, 100)];
        random.NextBytes(bytes);
        Deflate.Inflate(bytes, Longest, out _);
    });

    [Fact]
    public async Task DeflatedMessage_IsRead_OnlyWhenThatWasAgreedOn()
    {
        var text = Encoding.ASCII.GetBytes(new string('a', 900));
        var frame = ClientFrames.Of(0x41, Deflate.Compress(text));
        Assert.Equal(["Text 900", "Gone"], await ReadAsync(frame, inflates: true));
        Assert.Equal(["Broken 0"], await ReadAsync(frame, inflates: false));
        Assert.Equal(["Text 900", "Gone"], await ReadAsync(ClientFrames.Of(0x01, text), inflates: true));
    }

    [Fact]
    public async Task DeflatedMessage_IsRefused_WhenItIsABombOrNoneOrAControl()
    {
        Assert.Equal(["TooLong 0", "Text 1", "Gone"], await ReadAsync(
            [.. ClientFrames.Of(0x41, Deflate.Compress(new byte[Longest + 1])), .. ClientFrames.Of(0x41, Deflate.Compress("x"u8))], inflates: true));
        Assert.Equal(["Broken 0"], await ReadAsync(ClientFrames.Of(0x41, [0xFF, 0xFF, 0xFF]), inflates: true));
        Assert.Equal(["Broken 0"], await ReadAsync(ClientFrames.Of(0x49, []), inflates: true));
        Assert.Equal(["Broken 0"], await ReadAsync([.. ClientFrames.Of(0x41, [0x4A], final: false), .. ClientFrames.Of(0x40, [0x04, 0x00])], inflates: true));
    }

    [Fact]
    public void OnlyLargeFrames_AreDeflated()
    {
        var codec = FrameCodec.All.First(codec => codec is { Subprotocol: "ingestion.v1", Deflates: true });
        var e = new StatusEvent("e", new string('0', 32), VideoStatus.Ready, DateTimeOffset.UnixEpoch);
        Assert.Equal(FrameCodec.Json.Progress(e), codec.Progress(e));
        JournalEntry[] latest = [.. Enumerable.Range(1, 25).Select(i => new JournalEntry(i, e))];
        var large = codec.Snapshot(new Cursor("k7", 50), latest).Single();
        var plain = FrameCodec.Json.Snapshot(new Cursor("k7", 50), latest).Single();
        Assert.Equal(0xC1, large[0]);
        Assert.InRange(large.Length, 1, plain.Length / 5);
        Assert.Equal(plain.Length - 4, Deflate.Inflate(large.AsSpan(large[1] is 126 ? 4 : 2), 64 * 1024, out _));
    }

    private static async Task<List<string>> ReadAsync(byte[] bytes, bool inflates)
    {
        var pipe = new System.IO.Pipelines.Pipe();
        using var reader = new PipeMessages(pipe.Reader, Longest, inflates);
        await pipe.Writer.WriteAsync(bytes);
        await pipe.Writer.CompleteAsync();
        return await reader.AllAsync();
    }
}
