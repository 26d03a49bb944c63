using System.Text;
using Ingestion.Api.Status.Channels;
using Ingestion.Api.Status.Codecs;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Status.Codecs;

public class ClientFrameTests
{
    [Fact]
    public void Frame_HoldsItsFields_WhenItIsASubscription()
    {
        var frame = Read("""{"op":"sub","id":1,"ch":["user","video:abc"],"since":"k7:173"}""")!;
        Assert.Equal(("sub", 1, "k7:173", null, null), (frame.Op, frame.Id, frame.Since, frame.Cur, frame.Ts));
        Assert.Equal(["user", "video:abc"], frame.Ch);
    }

    [Theory]
    [InlineData("""{"op":"ack","cur":"k7:184"}""", "ack", "k7:184", null)]
    [InlineData("""{"op":"pong","ts":1,"cur":"k7:184"}""", "pong", "k7:184", 1L)]
    [InlineData("""{"op":"ping","ts":9007199254740993}""", "ping", null, 9_007_199_254_740_993)]
    [InlineData("""{"op":"pong","later":{"field":[1]}}""", "pong", null, null)]
    public void Frame_IgnoresWhatItDoesNotKnow_WhenItIsRead(string json, string op, string? cursor, long? timestamp)
    {
        var frame = Read(json)!;
        Assert.Equal((op, cursor, timestamp), (frame.Op, frame.Cur, frame.Ts));
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"op":null,"id":7}""", 7L)]
    [InlineData("""{"OP2":"sub"}""", null)]
    [InlineData("null", null)]
    [InlineData("[]", null)]
    [InlineData("5", null)]
    [InlineData("\"sub\"", null)]
    [InlineData("""{"op":5,"id":3}""", 3L)]
    [InlineData("""{"op":"\ud800","id":3}""", 3L)]
    [InlineData("""{"op":["sub"]}""", null)]
    [InlineData("""{"op":"sub","id":"1"}""", null)]
    [InlineData("""{"op":"sub","id":1.5}""", null)]
    [InlineData("""{"op":"sub","id":true}""", null)]
    [InlineData("""{"op":"sub","id":99999999999999999999}""", null)]
    [InlineData("""{"op":"sub","id":1,"ch":"user"}""", 1L)]
    [InlineData("""{"id":1,"op":"sub","ch":[1]}""", 1L)]
    [InlineData("""{"id":1,"op":"sub","ch":["user",null]}""", 1L)]
    [InlineData("""{"id":1,"op":"sub","ch":{"0":"user"}}""", 1L)]
    [InlineData("""{"op":"sub","since":7,"id":1}""", 1L)]
    [InlineData("""{"op":"ping","ts":"1","id":2}""", 2L)]
    [InlineData("""{"op":"ping","ts":1e3}""", null)]
    [InlineData("""{"op":"ack","cur":{"id":9},"id":4}""", 4L)]
    [InlineData("""{"op":"auth","token":["a"],"x":[[{"id":9}]],"id":5}""", 5L)]
    public void Frame_HasNoOpButItsId_WhenItsShapeIsOdd(string json, long? id)
    {
        var frame = Read(json)!;
        Assert.Equal((null, id), (frame.Op, frame.Id));
    }

    [Fact]
    public void Frame_IsOdd_WhenItNestsDeeply() =>
        Assert.Equal(1, Read("""{"op":"ping","id":1,"x":""" + new string('[', 30_000) + new string(']', 30_000) + "}")!.Id);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("x")]
    [InlineData("nul")]
    [InlineData("""{"op":"sub" """)]
    [InlineData("""{"op":"sub",}""")]
    [InlineData("""{"op":"sub"} x""")]
    [InlineData("""{'op':'sub'}""")]
    [InlineData("""{"op":01}""")]
    [InlineData("""{"op":"sub" /* */}""")]
    [InlineData("""{"op":"sub"}{"op":"sub"}""")]
    [InlineData("\ufeff{\"op\":\"ping\"}")]
    public void Bytes_AreRefused_WhenTheyAreNoJson(string json) => Assert.Null(Read(json));

    [Fact]
    public void Bytes_AreRefused_WhenTheyNestWithoutEnd() => Assert.Null(Read("""{"x":""" + new string('[', 10_000)));

    [Fact]
    public void Reading_NeverThrows_WhateverComes() => Histories.Check(5_000, random =>
    {
        var bytes = Encoding.UTF8.GetBytes("""{"op":"sub","id":1,"ch":["user"],"since":"k7:173","ts":1}""");
        for (var i = random.Next(1, 6); i > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        ClientFrame.Read(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
    });

    [Theory]
    [InlineData("video:0190163d8694739b8ec16fb0de1b5fb5", true)]
    [InlineData("video:0190163D8694739B8EC16FB0DE1B5FB5", false)]
    [InlineData("video:abc", false)]
    [InlineData("video:", false)]
    [InlineData("Video:0190163d8694739b8ec16fb0de1b5fb5", false)]
    [InlineData("video:0190163d8694739b8ec16fb0de1b5fb5 ", false)]
    [InlineData("video:../../../../../../../../etc/passwd", false)]
    [InlineData("user", false)]
    [InlineData("", false)]
    public void Channel_NamesAVideo_WhenItHoldsAnId(string channel, bool expected)
    {
        Assert.Equal(expected, ChannelName.IsVideo(channel, out var videoId));
        Assert.Equal(expected ? channel["video:".Length..] : null, videoId);
        if (expected)
            Assert.Equal(channel, ChannelName.OfVideo(videoId!));
    }

    private static ClientFrame? Read(string json) => ClientFrame.Read(Encoding.UTF8.GetBytes(json));
}
