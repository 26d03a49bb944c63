using System.Diagnostics;
using Xunit;
using static Ingestion.Tests.Contracts.JobQueues.Files.QueueInFolder;

namespace Ingestion.Tests.Contracts.JobQueues.Files;

public sealed class GroupCommitTests : IAsyncLifetime
{
    private readonly QueueInFolder _folder = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _folder.CloseAsync();

    [Fact]
    public async Task ThousandConcurrentEnqueues_AreAllDurable()
    {
        var queue = _folder.Open();
        var videos = Enumerable.Range(0, 1000).Select(n => $"v{n:D4}").ToArray();
        await Task.WhenAll(videos.Select(video => Task.Run(() => EnqueueAsync(queue, video))));
        Assert.Equal(videos, (await DrainAsync(_folder.CrashAndOpen())).Keys.Order());
    }

    [Fact]
    public async Task Journal_StaysSmall_WhenManyJobsComeAndGo()
    {
        var queue = _folder.Open();
        await EnqueueAsync(queue, "stays");
        var stays = (await DrainAsync(queue))["stays"];
        long longest = 0;
        for (var round = 0; round < 20; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 200).Select(n => EnqueueAsync(queue, $"r{round}-{n}")));
            var jobs = await DrainAsync(queue);
            await Task.WhenAll(jobs.Values.Select(job => queue.CompleteAsync(job, CancellationToken.None)));
            longest = Math.Max(longest, new FileInfo(_folder.Journal).Length);
        }

        // 12,000 records of some 80 bytes were written.
        Assert.InRange(longest, 1, 250_000);
        await queue.CompleteAsync(stays with { Receipt = "stale" }, CancellationToken.None);
        queue = _folder.CrashAndOpen();
        Assert.Equal(2, Assert.Single(await DrainAsync(queue)).Value.Attempt);
        Assert.False(File.Exists(_folder.Journal + ".tmp"));
    }

    [Fact]
    public async Task AcknowledgedJobs_Survive_WhenTheProcessIsKilled()
    {
        var acknowledged = new List<string>();
        using (var writer = Start(_folder.Folder))
        {
            // Enough lines that it is killed in the middle of its work.
            while (acknowledged.Count < 500 && await writer.StandardOutput.ReadLineAsync() is { } line)
                acknowledged.Add(line);
            writer.Kill();
            await writer.WaitForExitAsync();
            while (await writer.StandardOutput.ReadLineAsync() is { } line)
                acknowledged.Add(line);
        }

        Assert.True(acknowledged.Count >= 500, "The writing process ended by itself.");
        // The last line may be half of one: the pipe was cut too.
        acknowledged.RemoveAt(acknowledged.Count - 1);
        var kept = await DrainAsync(_folder.Open());
        Assert.Empty(acknowledged.Except(kept.Keys));
    }

    private static Process Start(string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            ArgumentList = { "exec", typeof(Program).Assembly.Location, folder },
        };
        return Process.Start(start)!;
    }
}
