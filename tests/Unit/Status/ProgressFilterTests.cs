using System.Globalization;
using Ingestion.Grains.Status;
using Ingestion.Status;
using Ingestion.Videos;
using static Ingestion.Tests.Unit.Status.Entries;

namespace Ingestion.Tests.Unit.Status;

public class ProgressFilterTests
{
    [Theory]
    [InlineData(VideoStatus.Queued, true)]
    [InlineData(VideoStatus.Processing, true)]
    [InlineData(VideoStatus.Ready, false)]
    [InlineData(VideoStatus.Failed, false)]
    [InlineData(VideoStatus.Deleted, false)]
    public void Progress_Passes_UnlessALaterStateWasPublished(VideoStatus published, bool expected)
    {
        var filter = new ProgressFilter();
        filter.Observe(Event("e", "a", published));
        Assert.Equal(expected, filter.Passes(Event("p", "a", VideoStatus.Processing)));
    }

    [Fact]
    public void Progress_Passes_WhenOnlyAnotherVideoIsKnown()
    {
        var filter = new ProgressFilter();
        filter.Observe(Event("e", "a", VideoStatus.Ready));
        Assert.True(filter.Passes(Event("p", "b")));
    }

    [Fact]
    public void OldestVideos_AreForgotten_WhenMoreThan256ArePublished()
    {
        var filter = new ProgressFilter();
        for (var i = 0; i <= 256; i++)
        {
            filter.Observe(Of(i));
            filter.Observe(Of(i)); // Again: must not count twice.
        }

        Assert.True(filter.Passes(Of(0) with { Status = VideoStatus.Processing }));
        for (var i = 1; i <= 256; i++)
            Assert.False(filter.Passes(Of(i) with { Status = VideoStatus.Processing }));

        static StatusEvent Of(int i) => new("e", i.ToString(CultureInfo.InvariantCulture), VideoStatus.Ready, ManualTime.Start);
    }
}
