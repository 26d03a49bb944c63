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
    [InlineData("[1]")]
    [InlineData("5")]
    [InlineData("""{"op":5}""")]
    [InlineData("""{"op":"sub","id":"1"}""")]
    [InlineData("""{"op":"sub","id":1.5}""")]
    [InlineData("""{"op":"sub","ch":"user"}""")]
    [InlineData("""{"op":"sub","ch":[1]}""")]
    public void Bytes_AreRefused_WhenTheyAreNoFrame(string json) => Assert.Null(FrameCodec.Cbor.Read(Encode(json)));

    [Theory]
    [InlineData("")]
    [InlineData("bf")]
    [InlineData("a1626f70")]
    [InlineData("a0a0")]
    [InlineData("a2626f706373756262 6f70637375 62")]
    [InlineData("a16269641bffffffffffffffff")]
    public void Bytes_AreRefused_WhenTheyAreCutOffDoubledOrOutOfRange(string hex) =>
        Assert.Null(FrameCodec.Cbor.Read(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

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

    private static byte[] Encode(string json)
    {
        using var document = JsonDocument.Parse(json);
        var cbor = new CborWriter();
        CborOfJson.Write(cbor, document.RootElement);
        return cbor.Encode();
    }
}
