using Ingestion.Backends.JobQueue.Watch;
using Xunit;

namespace Ingestion.Tests.Contracts.JobQueues.Sqs;

public sealed class MinuteMaximumTests
{
    private readonly ManualTime _time = new();
    private readonly MinuteMaximum _largest;

    public MinuteMaximumTests() => _largest = new MinuteMaximum(_time);

    [Fact]
    public void Largest_IsZero_UntilThereIsOne() => Assert.Equal(0, _largest.Read());

    [Fact]
    public void Largest_IsForgotten_AfterAMinute_AndTheNextOneShows()
    {
        _largest.Add(5);
        _largest.Add(9);
        _largest.Add(2);
        Assert.Equal(9, _largest.Read());
        _time.Advance(TimeSpan.FromSeconds(30));
        _largest.Add(4);
        _time.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal(9, _largest.Read());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(4, _largest.Read());
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(0, _largest.Read());
    }

    [Fact]
    public void Largest_IsOfTheLastMinuteAlone_AfterALongSilence()
    {
        _largest.Add(9);
        _time.Advance(TimeSpan.FromMinutes(7));
        Assert.Equal(0, _largest.Read());
        _largest.Add(1);
        Assert.Equal(1, _largest.Read());
    }
}
