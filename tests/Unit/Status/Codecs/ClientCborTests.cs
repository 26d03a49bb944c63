using System.Formats.Cbor;
using System.Text;
using System.Text.Json;
using Ingestion.Api.Status.Codecs;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Status.Codecs;

/// <summary>A client's frames in CBOR mean what they mean in JSON, and nothing else is read from other bytes.</summary>
public sealed class ClientCborTests
{
    [Theory]
    [InlineData("""{"op":"sub","id":1,"ch":["user","video:0190163d8694739b8ec16fb0de1b5fb5"],"since":"k7:173"}""")]
    [InlineData("""{"op":"ack","cur":"k7:184"}""")]
    [InlineData("""{"op":"pong","ts":1893553445678,"cur":"k7:184"}""")]
    [InlineData("""{"op":"auth","token":"a.b.c"}""")]
    [InlineData("""{"op":"unsub","ch":[]}""")]
    [InlineData("""{"later":{"a":[1,{"b":2.5}]},"op":"ping","ts":-1,"more":null,"yes":true}""")]
    [InlineData("{}")]
    public void Frame_MeansWhatItsJsonMeans(string json)
    {
        var expected = FrameCodec.Json.Read(Encoding.UTF8.GetBytes(json))!;
        var actual = FrameCodec.Cbor.Read(Encode(json))!;
        Assert.Equal(expected.Ch ?? [], actual.Ch ?? []);
        Assert.Equal(expected with { Ch = null }, actual with { Ch = null });
    }

    [Theory]
    [InlineData("[1]", null)]
    [InlineData("5", null)]
    [InlineData("""{"op":5,"id":1}""", 1L)]
    [InlineData("""{"op":"sub","id":"1"}""", null)]
    [InlineData("""{"op":"sub","id":1.5}""", null)]
    [InlineData("""{"x":{"id":9},"id":2,"op":"sub","ch":"user"}""", 2L)]
    [InlineData("""{"id":2,"op":"sub","ch":[1]}""", 2L)]
    [InlineData("""{"op":"ping","ts":"1"}""", null)]
    public void Frame_HasNoOpButItsId_WhenItsShapeIsOdd(string json, long? id)
    {
        var frame = FrameCodec.Cbor.Read(Encode(json))!;
        Assert.Equal((null, id), (frame.Op, frame.Id));
    }

    // Doubled names, and a number that no long can hold: well-formed, and yet no frame.
    [Theory]
    [InlineData("a2626f706373756262 6f70637375 62")]
    [InlineData("a16269641bffffffffffffffff")]
    public void Frame_HasNoOp_WhenItIsWellFormedAndNotValid(string hex) => Assert.Null(FrameCodec.Cbor.Read(Bytes(hex))!.Op);

    [Theory]
    [InlineData("")]
    [InlineData("bf")]
    [InlineData("a1626f70")]
    [InlineData("a0a0")]
    [InlineData("a1626f7063737562 00")]
    public void Bytes_AreRefused_WhenTheyAreCutOffOrDoubled(string hex) => Assert.Null(FrameCodec.Cbor.Read(Bytes(hex)));

    [Fact]
    public void Bytes_AreRefused_WhenTheyNestWithoutEnd() =>
        Assert.Null(FrameCodec.Cbor.Read((byte[])[0xA1, 0x61, 0x78, .. Enumerable.Repeat((byte)0x81, 60_000)]));

    [Fact]
    public void Reading_NeverThrows_WhateverComes() => Histories.Check(5_000, random =>
    {
        var bytes = Encode("""{"op":"sub","id":1,"ch":["user"],"since":"k7:173","ts":1}""");
        for (var i = random.Next(1, 6); i > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        FrameCodec.Cbor.Read(bytes.AsMemory(0, random.Next(bytes.Length + 1)));
    });

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static byte[] Encode(string json)
    {
        using var document = JsonDocument.Parse(json);
        var cbor = new CborWriter();
        CborOfJson.Write(cbor, document.RootElement);
        return cbor.Encode();
    }
}
