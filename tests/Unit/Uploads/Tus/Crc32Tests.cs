using System.Text;
using Ingestion.Api.Uploads.Tus;

namespace Ingestion.Tests.Unit.Uploads.Tus;

public class Crc32Tests
{
    /// <summary>Published check values of CRC-32/ISO-HDLC.</summary>
    [Theory]
    [InlineData("", 0x00000000)]
    [InlineData("a", 0xE8B7BE43)]
    [InlineData("abc", 0x352441C2)]
    [InlineData("123456789", 0xCBF43926)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339)]
    public void Value_IsTheKnownOne_WhenOf(string text, uint value)
    {
        var crc = new Crc32();
        crc.Append(Encoding.ASCII.GetBytes(text));
        Assert.Equal(value, crc.Value);
    }

    [Fact]
    public void Value_IsTheSameAsBitByBit_HoweverTheBytesAreCut()
    {
        var random = new Random(1);
        for (var length = 0; length < 100; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var cut = random.Next(length + 1);
            var crc = new Crc32();
            crc.Append(bytes.AsSpan(0, cut));
            crc.Append(bytes.AsSpan(cut));
            Assert.Equal(BitByBit(bytes), crc.Value);
        }
    }

    private static uint BitByBit(byte[] bytes)
    {
        var state = uint.MaxValue;
        foreach (var b in bytes)
        {
            state ^= b;
            for (var bit = 0; bit < 8; bit++)
                state = (state & 1) == 0 ? state >> 1 : (state >> 1) ^ 0xEDB88320;
        }

        return ~state;
    }
}
