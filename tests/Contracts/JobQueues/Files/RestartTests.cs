using System.Text;
using Ingestion.Backends.Buffers;
using Ingestion.Videos;
using Xunit;
using static Ingestion.Tests.Contracts.JobQueues.Files.QueueInFolder;

namespace Ingestion.Tests.Contracts.JobQueues.Files;

public sealed class RestartTests : IAsyncLifetime
{
    private readonly QueueInFolder _folder = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _folder.CloseAsync();

    [Fact]
    public async Task JobsAndAttempts_Survive_WhenTheProcessDies()
    {
        var queue = _folder.Open();
        await EnqueueAsync(queue, "done", "tried", "dead");
        var first = await DrainAsync(queue);
        await queue.CompleteAsync(first["done"], CancellationToken.None);
        await queue.DeadLetterAsync(first["dead"], "broken", CancellationToken.None);
        await EnqueueAsync(queue, "fresh");

        var second = await DrainAsync(_folder.CrashAndOpen());
        Assert.Equal([("fresh", 1), ("tried", 2)], second.Values.Select(job => (job.Job.VideoId, job.Attempt)).Order());
        var third = await DrainAsync(_folder.CrashAndOpen());
        Assert.Equal([("fresh", 2), ("tried", 3)], third.Values.Select(job => (job.Job.VideoId, job.Attempt)).Order());
    }

    /// <summary>Its jobs count as own, and take turns as those of one owner.</summary>
    [Fact]
    public async Task Journal_OfABuildWithoutServicesAndOwners_IsRead()
    {
        string[] records = ["""{"op":"Open","version":1}""", """{"op":"Put","id":1,"job":{"videoId":"old"},"at":"2030-01-02T03:04:05+00:00"}"""];
        await File.WriteAllLinesAsync(_folder.Journal, records.Select(record => "0 " + record)
            .Select(body => $"{Crc32C.Of(Encoding.UTF8.GetBytes(body)):x8} {body}"));
        Assert.Equal(new VideoJob("old"), (await DrainAsync(_folder.Open()))["old"].Job);
    }

    [Fact]
    public async Task Owners_TakeTurns_AfterRestart()
    {
        var queue = _folder.Open();
        foreach (var n in Enumerable.Range(0, 20))
            await queue.EnqueueAsync(new VideoJob($"many{n}", "many"), CancellationToken.None);
        await queue.EnqueueAsync(new VideoJob("first", "late"), CancellationToken.None);
        var tried = Assert.Single(await queue.ReceiveAsync(1, Visibility, CancellationToken.None));

        queue = _folder.CrashAndOpen();
        var jobs = await queue.ReceiveAsync(2, Visibility, CancellationToken.None);
        Assert.Equal(["late", "many"], jobs.Select(job => job.Job.Owner).Order());
        // What was tried before is first of its owner's.
        Assert.Equal(2, jobs.Single(job => job.Job.VideoId == tried.Job.VideoId).Attempt);
    }

    [Fact]
    public async Task Delay_Continues_AfterRestart()
    {
        var queue = _folder.Open();
        await EnqueueAsync(queue, "a");
        await queue.AbandonAsync((await DrainAsync(queue))["a"], TimeSpan.FromMinutes(2), CancellationToken.None);

        _folder.Time.Advance(TimeSpan.FromMinutes(1));
        queue = _folder.CrashAndOpen();
        Assert.Empty(await DrainAsync(queue));
        Assert.Equal(1, await queue.CountAsync(CancellationToken.None));
        queue = _folder.CrashAndOpen();
        _folder.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, (await DrainAsync(queue))["a"].Attempt);
    }

    [Fact]
    public async Task OldestJob_KeepsItsTime_AfterRestart()
    {
        var queue = _folder.Open();
        var (first, second) = (_folder.Time.GetUtcNow(), _folder.Time.GetUtcNow() + TimeSpan.FromMinutes(1));
        await EnqueueAsync(queue, "first");
        _folder.Time.Advance(TimeSpan.FromMinutes(1));
        await EnqueueAsync(queue, "second");
        Assert.Equal(first, await queue.OldestAsync(CancellationToken.None));

        queue = _folder.CrashAndOpen();
        Assert.Equal(first, await queue.OldestAsync(CancellationToken.None));
        var jobs = await DrainAsync(queue);
        await queue.CompleteAsync(jobs["first"], CancellationToken.None);
        Assert.Equal(second, await queue.OldestAsync(CancellationToken.None));
        await queue.CompleteAsync(jobs["second"], CancellationToken.None);
        Assert.Null(await queue.OldestAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Receipt_IsStale_AfterRestart()
    {
        var queue = _folder.Open();
        await EnqueueAsync(queue, "a");
        var old = (await DrainAsync(queue))["a"];
        queue = _folder.CrashAndOpen();
        await queue.CompleteAsync(old, CancellationToken.None);
        Assert.Equal(1, await queue.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Queue_Continues_WhenClosedAndOpenedAgain()
    {
        var queue = _folder.Open();
        await EnqueueAsync(queue, "a", "b");
        await queue.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => queue.EnqueueAsync(new VideoJob("c"), CancellationToken.None));
        Assert.Equal(["a", "b"], (await DrainAsync(_folder.Open())).Keys.Order());
    }

    [Fact]
    public async Task Open_Fails_WhenAnotherQueueOwnsTheFolder()
    {
        await EnqueueAsync(_folder.Open(), "a");
        var error = Assert.Throws<InvalidOperationException>(_folder.Open);
        Assert.Contains(_folder.Folder, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JobNumbers_AreNotUsedAgain_AfterCompactionAndRestart()
    {
        for (var round = 0; round < 3; round++)
        {
            await using var queue = _folder.Open();
            await EnqueueAsync(queue, "a");
            await queue.DeadLetterAsync((await DrainAsync(queue))["a"], "broken", CancellationToken.None);
        }

        Assert.Equal(3, Directory.GetFiles(Path.Combine(_folder.Folder, "dead"), "*.json").Length);
    }
}
