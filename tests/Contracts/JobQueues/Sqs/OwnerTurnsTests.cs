using Ingestion.Backends.JobQueue.Sqs;
using Ingestion.Videos;
using Xunit;

namespace Ingestion.Tests.Contracts.JobQueues.Sqs;

public sealed class OwnerTurnsTests
{
    private static readonly TimeSpan _visibility = TimeSpan.FromSeconds(30);

    private readonly OwnerTurns _turns = new();
    private TimeSpan _now = TimeSpan.FromHours(1);

    [Fact]
    public void Owner_IsNext_WhenItsLastTurnWasLongestAgo()
    {
        See("a", "a", "a", "b", "b", "c");
        Assert.Equal(["a", "b", "c", "a", "b", "a"], Serve(6));
        Assert.Null(_turns.Next(_now));
    }

    [Fact]
    public void Owner_IsNew_UntilItIsServed_AndAgainAfterManyTurnsOfOthers()
    {
        See("a", "a");
        Assert.True(_turns.HasNewOwner);
        Serve(1);
        Assert.False(_turns.HasNewOwner);
        for (var n = 0; n < 300; n++)
        {
            See($"other{n}");
            Assert.Equal($"other{n}", Serve(1).Single());
            if (_turns.HasNewOwner)
                return;
        }

        Assert.Fail("The first owner never became new again.");
    }

    [Fact]
    public void Surplus_IsOfTheOwnerWithMostJobs_AndLeavesTheOthersAlone()
    {
        See([.. Enumerable.Repeat("many", 17), "few", "few", "one"]);
        var surplus = _turns.RemoveSurplus();
        Assert.Equal(OwnerTurns.Size, _turns.Count);
        Assert.All(surplus, job => Assert.Equal("many", job.Job.Owner));
        // The oldest ones stay.
        Assert.Equal(Enumerable.Range(7, 10).Select(n => $"v{n}").Order(), surplus.Select(job => job.Job.VideoId).Order());
    }

    [Fact]
    public void Surplus_IsOfTheOwnerServedLast_WhenEachHasOneJob()
    {
        See([.. Enumerable.Range(0, OwnerTurns.Size).Select(n => $"o{n}")]);
        Serve(OwnerTurns.Size);
        See([.. Enumerable.Range(0, OwnerTurns.Size).Select(n => $"o{n}"), "new"]);
        Assert.Equal(["o9"], _turns.RemoveSurplus().Select(job => job.Job.Owner));
    }

    [Fact]
    public void Job_IsGivenBack_WhenItsTurnDidNotComeInTime()
    {
        See("a");
        _now += _visibility * 0.3;
        See("b");
        Assert.Empty(_turns.RemoveExpired(_now));
        _now += _visibility * 0.3;
        Assert.Equal(["a"], _turns.RemoveExpired(_now).Select(job => job.Job.Owner));
        Assert.Equal(["b"], Serve(1));
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(500, 3.5)]
    [InlineData(300_000, 60)]
    public void PutBack_LastsUntilTheKeptJobsAreTaken_WithinBounds(int paceMilliseconds, double seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(1), _turns.PutBackFor());
        for (var n = 0; n < 30; n++)
        {
            See("a");
            Serve(1);
            _now += TimeSpan.FromMilliseconds(paceMilliseconds);
        }

        Assert.Equal(TimeSpan.FromSeconds(seconds), _turns.PutBackFor());
        _turns.ForgetPace();
        Assert.Equal(TimeSpan.FromSeconds(1), _turns.PutBackFor());
    }

    private int _seen;

    private void See(params string[] owners)
    {
        foreach (var owner in owners)
            _turns.Add(new ReceivedJob(new VideoJob($"v{_seen}", owner), $"r{_seen++}", 1), _now, _visibility);
    }

    private List<string?> Serve(int count) => [.. Enumerable.Range(0, count).Select(_ => _turns.Next(_now)!.Job.Job.Owner)];
}
