using Ingestion.Backends.Media;

namespace Ingestion.Tests.Unit.Media;

/// <summary>JPEGs made by hand from ITU-T T.81.</summary>
public class JpegRulesTests
{
    private static readonly byte[] _start = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC4, 0, 5, 1, 2, 3];
    private static readonly byte[] _scan = [0xFF, 0xDA, 0, 3, 0, 1, 2, 3, 0xFF, 0xD9];

    [Fact]
    public void Size_IsThatOfTheFrame_WhenTheJpegIsWhole()
    {
        Assert.Equal((640, 360), JpegRules.SizeOf(Jpeg(640, 360)));
        Assert.True(JpegRules.IsPoster(Jpeg(1280, 1280)));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(100, 0)]
    [InlineData(1281, 100)]
    [InlineData(100, 1281)]
    public void Picture_IsNoPoster_WhenItsSizeCannotBeMeant(int width, int height) => Assert.False(JpegRules.IsPoster(Jpeg(width, height)));

    [Fact]
    public void Picture_IsNone_WhenItIsCutAnywhere()
    {
        var whole = Jpeg(640, 360);
        for (var length = 0; length < whole.Length; length++)
            Assert.Null(JpegRules.SizeOf(whole.AsSpan(0, length)));
    }

    [Fact]
    public void Picture_IsNone_WhenItIsOtherBytes()
    {
        Assert.Null(JpegRules.SizeOf("not-a-jpeg\n"u8));
        Assert.Null(JpegRules.SizeOf([0xFF, 0xD8, 0xFF, 0xD9]));
        Assert.Null(JpegRules.SizeOf([.. _start, .. _scan]));
        Assert.Null(JpegRules.SizeOf([0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF, 0xFF, 0xD9]));
    }

    private static byte[] Jpeg(int width, int height) =>
        [.. _start, 0xFF, 0xC0, 0, 11, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0, .. _scan];
}
