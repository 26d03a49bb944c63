using Ingestion.Videos;
using Xunit;

namespace Ingestion.Tests.Contracts.JobQueues.Contract;

/// <summary>A dead letter as the contract sees it.</summary>
public sealed record LetterView(string VideoId, int Attempt, string Reason);

/// <summary>What every <see cref="IJobQueue"/> does. A provider joins with a class that opens an empty queue that polls for <see cref="Poll"/>.</summary>
public abstract class JobQueueContract : IAsyncLifetime
{
    /// <summary>The service that the queue under test works for.</summary>
    public const string Service = "service";

    /// <summary>How long a receive of the queue under test waits.</summary>
    protected static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _short = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _long = TimeSpan.FromMinutes(5);

    protected IJobQueue Queue { get; private set; } = null!;

    /// <summary>The dead letters of the queue under test.</summary>
    protected abstract IDeadLetters DeadLetters { get; }

    protected abstract Task<IJobQueue> OpenAsync();

    /// <summary>One receive that may take all of its poll time, on the clock of the queue.</summary>
    protected abstract Task<IReadOnlyList<ReceivedJob>> PollAsync(int max, TimeSpan visibility);

    protected abstract Task<IReadOnlyList<LetterView>> ReadDeadLettersAsync();

    public async Task InitializeAsync() => Queue = await OpenAsync();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    [ContractFact]
    public async Task Job_IsDelivered_AfterEnqueue()
    {
        await EnqueueAsync("a");
        var job = await ReceiveOneAsync(_long);
        Assert.Equal(("a", 1), (job.Job.VideoId, job.Attempt));
        Assert.Equal(1, await CountAsync());
    }

    [ContractFact]
    public async Task Job_NamesItsServiceAndItsOwnersDigest()
    {
        await Queue.EnqueueAsync(VideoJob.Of("a", "alice@example.org"), CancellationToken.None);
        var job = (await ReceiveOneAsync(_long)).Job;
        Assert.Equal(Service, job.ServiceId);
        Assert.Matches("^[0-9a-f]{16}$", job.Owner);
    }

    [ContractFact]
    public async Task Job_KeepsItsService_WhenAnotherOneMadeIt()
    {
        await Queue.EnqueueAsync(new VideoJob("a", "owner", "another"), CancellationToken.None);
        Assert.Equal(new VideoJob("a", "owner", "another"), (await ReceiveOneAsync(_long)).Job);
    }

    [ContractFact]
    public async Task Receive_ReturnsEmpty_WhenNothingCame() => Assert.Empty(await PollAsync(10, _long));

    [ContractFact]
    public async Task Receive_GivesAtMostMax()
    {
        await Task.WhenAll(Enumerable.Range(0, 5).Select(n => EnqueueAsync($"v{n}")));
        Assert.InRange((await PollAsync(3, _long)).Count, 1, 3);
    }

    [ContractFact]
    public async Task Receiver_IsWoken_ByEnqueue()
    {
        var waiting = Queue.ReceiveAsync(1, _long, CancellationToken.None);
        await EnqueueAsync("a");
        Assert.Equal("a", Assert.Single(await waiting).Job.VideoId);
    }

    [ContractFact]
    public async Task Receiver_Stops_WhenItsCallerLeaves()
    {
        using var leaving = new CancellationTokenSource();
        // A server may notice late that a receiver has gone, and hand it a job: that job returns.
        var waiting = Queue.ReceiveAsync(1, _short, leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await EnqueueAsync("a");
        await ReceiveOneAsync(_long);
    }

    [ContractFact]
    public async Task Job_IsInvisible_WhileInFlight()
    {
        await EnqueueAsync("a");
        await ReceiveOneAsync(_long);
        Assert.Empty(await PollAsync(10, _long));
    }

    [ContractFact]
    public async Task Job_ComesBack_WhenVisibilityEnds()
    {
        await EnqueueAsync("a");
        var first = await ReceiveOneAsync(_short);
        var second = await ReceiveOneAsync(_long);
        Assert.Equal((1, 2), (first.Attempt, second.Attempt));
        Assert.NotEqual(first.Receipt, second.Receipt);
    }

    [ContractFact]
    public async Task Job_StaysInvisible_WhenExtended()
    {
        await EnqueueAsync("a");
        var job = await ReceiveOneAsync(_short);
        await Queue.ExtendAsync(job, _long, CancellationToken.None);
        Assert.Empty(await PollAsync(10, _long));
        await Queue.CompleteAsync(job, CancellationToken.None);
        Assert.Equal(0, await CountAsync());
    }

    [ContractFact]
    public async Task Job_ComesBackSooner_WhenVisibilityIsShortened()
    {
        await EnqueueAsync("a");
        var job = await ReceiveOneAsync(_long);
        await Queue.ExtendAsync(job, _short, CancellationToken.None);
        Assert.Equal(2, (await ReceiveOneAsync(_long)).Attempt);
    }

    [ContractFact]
    public async Task Complete_RemovesTheJob_AndDoesNothingTheSecondTime()
    {
        await EnqueueAsync("a");
        await EnqueueAsync("b");
        var job = await ReceiveOneAsync(_short);
        await Queue.CompleteAsync(job, CancellationToken.None);
        await Queue.CompleteAsync(job, CancellationToken.None);
        Assert.Equal(1, await CountAsync());
        Assert.NotEqual(job.Job.VideoId, (await ReceiveOneAsync(_long)).Job.VideoId);
        Assert.Empty(await PollAsync(10, _long));
    }

    [ContractFact]
    public async Task Job_IsDeliveredAtOnce_WhenAbandonedWithoutDelay()
    {
        await EnqueueAsync("a");
        await Queue.AbandonAsync(await ReceiveOneAsync(_long), TimeSpan.Zero, CancellationToken.None);
        Assert.Equal(2, (await ReceiveOneAsync(_long)).Attempt);
    }

    [ContractFact]
    public async Task Job_KeepsTheTimeOfItsEnqueueing_WhenDeliveredAgain()
    {
        await EnqueueAsync("a");
        var first = await ReceiveOneAsync(_long);
        await Queue.AbandonAsync(first, TimeSpan.Zero, CancellationToken.None);
        Assert.NotNull(first.EnqueuedAt);
        Assert.Equal(first.EnqueuedAt, (await ReceiveOneAsync(_long)).EnqueuedAt);
    }

    [ContractFact]
    public async Task Job_WaitsForItsDelay_WhenAbandoned()
    {
        await EnqueueAsync("a");
        await EnqueueAsync("b");
        var (patient, prompt) = (await ReceiveOneAsync(_long), await ReceiveOneAsync(_long));
        await Queue.AbandonAsync(patient, _long, CancellationToken.None);
        await Queue.AbandonAsync(prompt, _short, CancellationToken.None);
        var job = await ReceiveOneAsync(_long);
        Assert.Equal((prompt.Job.VideoId, 2), (job.Job.VideoId, job.Attempt));
        Assert.Empty(await PollAsync(10, _long));
        Assert.Equal(2, await CountAsync());
    }

    [ContractFact]
    public async Task Figures_TellWhatWaitsFromWhatIsWorkedOn()
    {
        foreach (var name in (string[])["a", "b", "c"])
            await EnqueueAsync(name);
        var (worked, patient) = (await ReceiveOneAsync(_long), await ReceiveOneAsync(_long));
        await Queue.AbandonAsync(patient, _long, CancellationToken.None);
        var figures = await Queue.ReadFiguresAsync(2, CancellationToken.None);
        Assert.Equal(3, figures.Waiting + figures.InFlight + (figures.Delayed ?? 0));
        Assert.InRange(figures.InFlight + (figures.Delayed ?? 0), 2, 3);
        // A queue that lists its jobs counts the two apart.
        if (figures.Oldest is not { } oldest)
            return;
        Assert.Equal((1, 1, 1), (figures.Waiting, figures.Delayed, figures.InFlight));
        Assert.Equal(figures.OldestAt, oldest[0].EnqueuedAt);
        var places = new Dictionary<string, JobPlace> { [worked.Job.VideoId] = JobPlace.InFlight, [patient.Job.VideoId] = JobPlace.Delayed };
        Assert.Equal(["a", "b"], oldest.Select(listed => listed.Job.VideoId));
        Assert.All(oldest, listed => Assert.Equal((places[listed.Job.VideoId], 1), (listed.State, listed.Attempts)));
        Assert.All(oldest, listed => Assert.Equal(listed.State is JobPlace.Delayed, listed.NextAt is not null));
    }

    [ContractFact]
    public async Task DeadLetter_IsKeptForAnOperator_AndNotDelivered()
    {
        await EnqueueAsync("a");
        var job = await ReceiveOneAsync(_short);
        await Queue.DeadLetterAsync(job, "it has no video stream", CancellationToken.None);
        Assert.Empty(await PollAsync(10, _long));
        Assert.Equal(0, await CountAsync());
        Assert.Equal(new LetterView("a", 1, "it has no video stream"), Assert.Single(await ReadDeadLettersAsync()));
    }

    [ContractFact]
    public async Task DeadLetters_AreTakenAndGivenBack()
    {
        var (first, second) = (await MakeLetterAsync("a", "broken"), await MakeLetterAsync("b", "broken too"));
        Assert.Equal(2, await DeadLetters.CountAsync(CancellationToken.None));
        Assert.Single(await DeadLetters.TakeAsync(1, CancellationToken.None).ReturningTo(DeadLetters));
        var all = await DeadLetters.TakeAsync(10, CancellationToken.None).ReturningTo(DeadLetters);
        Assert.Equal([(first, "broken"), (second, "broken too")], all.Select(letter => (letter.Job!, letter.Reason!)).OrderBy(letter => letter.Item1.VideoId));
        Assert.All(all, letter => Assert.Equal((1, false, null), (letter.Attempts, letter.IsForeign, letter.Body)));
        Assert.All(all, letter => Assert.NotNull(letter.At));
    }

    [ContractFact]
    public async Task DeadLetter_IsFoundByItsId_AndRemoved()
    {
        await MakeLetterAsync("a", "broken");
        await MakeLetterAsync("b", "broken");
        var all = await DeadLetters.TakeAsync(10, CancellationToken.None).ReturningTo(DeadLetters);
        var wanted = all.Single(letter => letter.Job!.VideoId == "b");
        var found = await DeadLetters.TakeAsync(wanted.Id, CancellationToken.None);
        Assert.Equal("b", found!.Job!.VideoId);
        await DeadLetters.RemoveAsync(found, CancellationToken.None);
        Assert.Equal("a", Assert.Single(await DeadLetters.TakeAsync(10, CancellationToken.None).ReturningTo(DeadLetters)).Job!.VideoId);
        Assert.Null(await DeadLetters.TakeAsync(wanted.Id, CancellationToken.None));
        Assert.Null(await DeadLetters.TakeAsync("../journal", CancellationToken.None));
    }

    [ContractFact]
    public async Task DeadLetter_IsForeign_WhenAnotherServiceMadeItsJob()
    {
        await Queue.EnqueueAsync(new VideoJob("a", "owner", "another"), CancellationToken.None);
        await Queue.DeadLetterAsync(await ReceiveOneAsync(_long), "not ours", CancellationToken.None);
        Assert.True(Assert.Single(await DeadLetters.TakeAsync(10, CancellationToken.None)).IsForeign);
    }

    [ContractFact]
    public async Task DeadLetter_ShowsHowItBegins_WhenItIsNoJob()
    {
        await AddForeignLetterAsync("{\"video_id\":\"a\"}" + new string(' ', 2000));
        var letter = Assert.Single(await DeadLetters.TakeAsync(10, CancellationToken.None));
        Assert.Null(letter.Job);
        Assert.StartsWith("{\"video_id\":\"a\"}", letter.Body, StringComparison.Ordinal);
        Assert.Equal(DeadLetter.LongestBody, letter.Body!.Length);
    }

    [ContractFact]
    public async Task UnknownReceipt_IsHarmless()
    {
        await EnqueueAsync("a");
        var gone = await ReceiveOneAsync(_long);
        await Queue.CompleteAsync(gone, CancellationToken.None);
        await EnqueueAsync("b");
        foreach (var unknown in new[] { gone, gone with { Receipt = "nonsense" } })
            await UseAsync(unknown);
        Assert.Equal("b", (await ReceiveOneAsync(_long)).Job.VideoId);
        Assert.Empty(await ReadDeadLettersAsync());
    }

    [ContractFact]
    public async Task StaleReceipt_ChangesNothing_WhenAnotherDeliveryIsUnderWay()
    {
        await EnqueueAsync("a");
        var stale = await ReceiveOneAsync(_short);
        var current = await ReceiveOneAsync(_long);
        await Queue.ExtendAsync(stale, _short, CancellationToken.None);
        await Queue.AbandonAsync(stale, TimeSpan.Zero, CancellationToken.None);
        await Queue.DeadLetterAsync(stale, "stale", CancellationToken.None);
        Assert.Empty(await PollAsync(10, _long));
        Assert.Empty(await ReadDeadLettersAsync());
        await Queue.CompleteAsync(current, CancellationToken.None);
        Assert.Equal(0, await CountAsync());
    }

    [ContractFact]
    public async Task TwoReceivers_ShareTheJobs_WithoutAnyTwice()
    {
        const int Jobs = 40;
        await Task.WhenAll(Enumerable.Range(0, Jobs).Select(n => EnqueueAsync($"v{n}")));
        using var done = new CancellationTokenSource();
        var left = Jobs;
        var received = await Task.WhenAll(ReceiveAllAsync(), ReceiveAllAsync());
        Assert.Equal(Jobs, received.SelectMany(videos => videos).Distinct().Count());
        Assert.Equal(Jobs, received.Sum(videos => videos.Count));
        Assert.Equal(0, await CountAsync());

        async Task<List<string>> ReceiveAllAsync()
        {
            var videos = new List<string>();
            while (Volatile.Read(ref left) > 0)
            {
                foreach (var job in await ReceiveUntilDoneAsync())
                {
                    await Queue.CompleteAsync(job, CancellationToken.None);
                    videos.Add(job.Job.VideoId);
                    if (Interlocked.Decrement(ref left) == 0)
                        await done.CancelAsync();
                }
            }

            return videos;
        }

        async Task<IReadOnlyList<ReceivedJob>> ReceiveUntilDoneAsync()
        {
            try
            {
                return await Queue.ReceiveAsync(3, _long, done.Token);
            }
            catch (OperationCanceledException) when (done.IsCancellationRequested)
            {
                return [];
            }
        }
    }

    /// <summary>A user with many videos, another one with a few, and one whose first job comes last.</summary>
    [ContractFact]
    public async Task FirstJobOfAnOwner_WaitsForAtMostOneJobOfEachOther()
    {
        await Task.WhenAll(Enumerable.Range(0, 30).Select(n => EnqueueAsync($"many{n}", "many")));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(n => EnqueueAsync($"few{n}", "few")));
        await ReceiveOneAsync(_long);
        await EnqueueAsync("first", "late");
        var next = new[] { await ReceiveOneAsync(_long), await ReceiveOneAsync(_long), await ReceiveOneAsync(_long) };
        Assert.Contains("late", next.Select(job => job.Job.Owner));
        Assert.InRange(next.Count(job => job.Job.Owner == "many"), 0, 1);
        Assert.InRange(next.Count(job => job.Job.Owner == "few"), 0, 1);
    }

    [ContractFact]
    public async Task JobsThatNameNoOwner_TakeTurnsAsOneOwners()
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(n => EnqueueAsync($"old{n}")));
        await ReceiveOneAsync(_long);
        await EnqueueAsync("first", "late");
        Assert.Contains("late", new[] { await ReceiveOneAsync(_long), await ReceiveOneAsync(_long) }.Select(job => job.Job.Owner));
    }

    [ContractFact]
    public async Task Job_TakesItsTurnAgain_WhenAbandoned()
    {
        await EnqueueAsync("a", "one");
        await EnqueueAsync("b", "one");
        await EnqueueAsync("c", "two");
        var first = await ReceiveOneAsync(_long);
        await Queue.AbandonAsync(first, TimeSpan.Zero, CancellationToken.None);
        Assert.NotEqual(first.Job.Owner, (await ReceiveOneAsync(_long)).Job.Owner);
        var rest = new[] { await ReceiveOneAsync(_long), await ReceiveOneAsync(_long) };
        Assert.Contains(first.Job.VideoId, rest.Select(job => job.Job.VideoId));
    }

    /// <summary>One of them alone is not held up either: as much of it is done at once as there are workers.</summary>
    [ContractFact]
    public async Task Owner_GetsEveryTurn_WhenNoOtherOwnerHasJobs()
    {
        const int Jobs = 25;
        await Task.WhenAll(Enumerable.Range(0, Jobs).Select(n => EnqueueAsync($"v{n}", "one")));
        var done = new HashSet<string>();
        while (done.Count < Jobs)
        {
            foreach (var job in await PollAsync(1, _long))
            {
                await Queue.CompleteAsync(job, CancellationToken.None);
                Assert.True(done.Add(job.Job.VideoId));
            }
        }

        Assert.Equal(0, await CountAsync());
    }

    /// <summary>Puts a message that is no job among the dead letters.</summary>
    protected abstract Task AddForeignLetterAsync(string body);

    private async Task<VideoJob> MakeLetterAsync(string videoId, string reason)
    {
        await EnqueueAsync(videoId);
        var job = await ReceiveOneAsync(_long);
        await Queue.DeadLetterAsync(job, reason, CancellationToken.None);
        return job.Job;
    }

    protected Task EnqueueAsync(string videoId, string? owner = null) => Queue.EnqueueAsync(new VideoJob(videoId, owner), CancellationToken.None);

    protected async Task<ReceivedJob> ReceiveOneAsync(TimeSpan visibility) => Assert.Single(await PollAsync(1, visibility));

    private Task<long> CountAsync() => Queue.CountAsync(CancellationToken.None);

    private async Task UseAsync(ReceivedJob job)
    {
        await Queue.ExtendAsync(job, _long, CancellationToken.None);
        await Queue.AbandonAsync(job, _short, CancellationToken.None);
        await Queue.CompleteAsync(job, CancellationToken.None);
        await Queue.DeadLetterAsync(job, "unknown", CancellationToken.None);
    }
}

file static class LettersInHand
{
    /// <summary>What was taken, given back at once.</summary>
    public static async Task<IReadOnlyList<DeadLetter>> ReturningTo(this Task<IReadOnlyList<DeadLetter>> taking, IDeadLetters letters)
    {
        var taken = await taking;
        await letters.ReturnAsync(taken, CancellationToken.None);
        return taken;
    }
}
