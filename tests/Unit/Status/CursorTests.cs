using Ingestion.Status;

namespace Ingestion.Tests.Unit.Status;

public class CursorTests
{
    [Theory]
    [InlineData("k7", 0)]
    [InlineData("0", 0)]
    [InlineData("1a2b3c4d", 184)]
    [InlineData("x", long.MaxValue)]
    public void Cursor_ReadsWhatItWrote_WhenRoundTripped(string epoch, long offset)
    {
        Assert.True(Cursor.TryParse(new Cursor(epoch, offset).ToString(), out var cursor));
        Assert.Equal(new Cursor(epoch, offset), cursor);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("k7")]
    [InlineData("k7:")]
    [InlineData(":5")]
    [InlineData("k7:-1")]
    [InlineData("k7:+1")]
    [InlineData("k7: 1")]
    [InlineData("k7:1 ")]
    [InlineData("k7:1:2")]
    [InlineData("k7:1.5")]
    [InlineData("k7:0x10")]
    [InlineData("k7:1e3")]
    [InlineData("k7:١٢")]
    [InlineData("k7:9223372036854775808")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123:1")]
    public void Cursor_IsRefused_WhenItIsNoneOfOurs(string? text)
    {
        Assert.False(Cursor.TryParse(text, out var cursor));
        Assert.Equal(default, cursor);
    }
}
