using Ingestion.Backends.JobQueue;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Worker;

public sealed class JobSourceTests
{
    [Theory]
    [InlineData("own", "state", false)]
    [InlineData("other", "state", true)]
    [InlineData("Own", "state", true)]
    // Settings that were copied, and a state that was not.
    [InlineData("own", "another", true)]
    // Of builds that did not name it.
    [InlineData(null, null, false)]
    [InlineData("own", null, false)]
    [InlineData("other", null, true)]
    public void Job_IsForeign_WhenItNamesAnotherServiceOrState(string? serviceId, string? stateId, bool foreign)
    {
        var source = new JobSource("own") { StateId = "state" };
        Assert.Equal(foreign, source.IsForeign(new VideoJob("video", Owner: null, serviceId, stateId)));
    }

    [Fact]
    public void Job_IsSignedOnce()
    {
        var signed = new JobSource("own") { StateId = "state" }.Sign(new VideoJob("video", "owner"));
        Assert.Equal(new VideoJob("video", "owner", "own", "state"), signed);
        Assert.Same(signed, new JobSource("other").Sign(signed));
    }
}
