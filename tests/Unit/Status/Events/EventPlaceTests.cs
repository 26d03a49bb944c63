using Ingestion.Api.Status.Events;
using Ingestion.Status;

namespace Ingestion.Tests.Unit.Status.Events;

public class EventPlaceTests
{
    [Theory]
    [InlineData("k7:184", "k7", 184, null)]
    [InlineData("k7:184~12", "k7", 184, 12L)]
    [InlineData("0:0~0", "0", 0, 0L)]
    public void Place_IsReadAndWritten(string text, string epoch, long offset, long? broadcasts)
    {
        Assert.True(EventPlace.TryParse(text, out var place));
        Assert.Equal(new EventPlace(new Cursor(epoch, offset), broadcasts), place);
        Assert.Equal(text, place.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("~12")]
    [InlineData("k7:184~")]
    [InlineData("k7:184~-1")]
    [InlineData("k7:184~x")]
    [InlineData("k7:184~1~2")]
    public void Text_IsNoPlace(string? text) => Assert.False(EventPlace.TryParse(text, out _));
}
