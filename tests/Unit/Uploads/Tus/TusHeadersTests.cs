using Ingestion.Api.Uploads.Tus;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Ingestion.Tests.Unit.Uploads.Tus;

public class TusHeadersTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("007", 7)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9223372036854775808", long.MaxValue)]
    [InlineData("999999999999999999999999999999", long.MaxValue)]
    public void Bytes_AreRead_WhenTheyAreDigits(string text, long bytes)
    {
        Assert.True(TusHeaders.TryReadBytes(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("0x1")]
    [InlineData("1 ")]
    [InlineData("1,1")]
    [InlineData("１")]
    [InlineData("٣")]
    public void Bytes_AreRefused_WhenTheyAreAnythingElse(string text) => Assert.False(TusHeaders.TryReadBytes(text, out _));

    [Fact]
    public void Bytes_AreRefused_WhenTheyAreMissingOrRepeated()
    {
        Assert.False(TusHeaders.TryReadBytes(StringValues.Empty, out _));
        Assert.False(TusHeaders.TryReadBytes(new StringValues(["1", "1"]), out _));
    }

    [Theory]
    [InlineData("application/offset+octet-stream", true)]
    [InlineData("APPLICATION/offset+octet-stream; charset=utf-8", true)]
    [InlineData("application/octet-stream", false)]
    [InlineData("application/offset+octet-stream2", false)]
    [InlineData("application/offset+octet-stream, text/plain", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Piece_IsRecognisedByItsType(string? type, bool isPiece)
    {
        var context = new DefaultHttpContext { Request = { ContentType = type } };
        Assert.Equal(isPiece, TusHeaders.IsPiece(context.Request));
    }

    [Fact]
    public void Time_IsAnHttpDate_WhenWritten() =>
        Assert.Equal("Fri, 03 Jul 2026 10:20:30 GMT", TusHeaders.Text(new DateTimeOffset(2026, 7, 3, 12, 20, 30, TimeSpan.FromHours(2))));
}
