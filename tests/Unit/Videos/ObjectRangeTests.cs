using Ingestion.Api.Videos;
using Ingestion.Uploads;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ingestion.Tests.Unit.Videos;

public class ObjectRangeTests
{
    private const string LastModified = "Wed, 02 Jan 2030 03:04:05 GMT";

    // Stores keep times finer than HTTP's whole seconds.
    private static readonly ObjectInfo _info = new(1000, "v1", ManualTime.Start.AddMilliseconds(678));

    [Theory]
    [InlineData(null, 0, 1000, false)]
    [InlineData("bytes=0-0", 0, 1, true)]
    [InlineData("bytes=0-999", 0, 1000, true)]
    [InlineData("bytes=10-19", 10, 10, true)]
    [InlineData("bytes=990-", 990, 10, true)]
    [InlineData("bytes=999-", 999, 1, true)]
    [InlineData("bytes=990-5000", 990, 10, true)]
    [InlineData("bytes=0-9223372036854775807", 0, 1000, true)]
    [InlineData("bytes=-10", 990, 10, true)]
    [InlineData("bytes=-1000", 0, 1000, true)]
    [InlineData("bytes=-5000", 0, 1000, true)]
    [InlineData("bytes=0-1,5-6", 0, 1000, false)] // Several ranges are answered with the whole.
    [InlineData("items=0-1", 0, 1000, false)]
    [InlineData("bytes=5-1", 0, 1000, false)] // No valid range at all is ignored.
    [InlineData("bytes=x", 0, 1000, false)]
    public void Range_IsAsRequested_WhenItExists(string? header, long offset, long count, bool isPart)
    {
        Assert.True(TryRead(header, ifRange: null, out var range));
        Assert.Equal(new ObjectRange(offset, count, isPart), range);
    }

    [Theory]
    [InlineData("bytes=1000-")]
    [InlineData("bytes=1000-1001")]
    [InlineData("bytes=5000-")]
    [InlineData("bytes=-0")]
    public void Range_IsRefused_WhenItLiesOutside(string header) => Assert.False(TryRead(header, ifRange: null, out _));

    [Theory]
    [InlineData("bytes=0-")]
    [InlineData("bytes=-1")]
    public void Range_IsRefused_WhenTheObjectIsEmpty(string header) => Assert.False(TryRead(header, ifRange: null, out _, _info with { Length = 0 }));

    [Theory]
    [InlineData("\"v1\"", true)]
    [InlineData("\"v0\"", false)]
    [InlineData("W/\"v1\"", false)] // A weak tag promises nothing about bytes.
    [InlineData(LastModified, true)]
    [InlineData("Wed, 02 Jan 2030 03:04:04 GMT", false)]
    [InlineData("Wed, 02 Jan 2030 03:04:06 GMT", false)] // Must be ours exactly.
    public void Whole_IsSent_UnlessTheClientHasTheStartOfThisVersion(string ifRange, bool part)
    {
        Assert.True(TryRead("bytes=10-19", ifRange, out var range));
        Assert.Equal(part ? new ObjectRange(10, 10, IsPart: true) : new ObjectRange(0, 1000, IsPart: false), range);
    }

    [Fact]
    public void Whole_IsSent_WhenTheRangeIsOutsideButOfAnOlderVersion()
    {
        Assert.True(TryRead("bytes=5000-", "\"v0\"", out var range));
        Assert.False(range.IsPart);
    }

    private static bool TryRead(string? range, string? ifRange, out ObjectRange read, ObjectInfo? info = null)
    {
        var context = new DefaultHttpContext();
        if (range is not null)
            context.Request.Headers.Range = range;
        if (ifRange is not null)
            context.Request.Headers.IfRange = ifRange;
        return ObjectRange.TryRead(context.Request.GetTypedHeaders(), info ?? _info, new EntityTagHeaderValue("\"v1\""), out read);
    }
}
