using Ingestion.Backends.JobQueue;
using Ingestion.Backends.JobQueue.Files;
using Ingestion.Tests.Contracts.JobQueues.Contract;
using Ingestion.Videos;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Contracts.JobQueues.Files;

/// <summary>A file queue in a folder of its own, its clock, and ways to play a crash.</summary>
internal sealed class QueueInFolder
{
    public static readonly TimeSpan Visibility = TimeSpan.FromMinutes(5);

    private readonly List<FileJobQueue> _opened = [];
    private readonly List<TempFolder> _folders = [];

    public QueueInFolder(string? folder = null) => Folder = folder ?? NewFolder();

    public ManualTime Time { get; } = new();

    public string Folder { get; private set; }

    public string Journal => Path.Combine(Folder, "journal.log");

    public int PollSeconds { get; init; }

    public FileJobQueue Open()
    {
        var options = Options.Create(new FileJobQueueOptions { Path = Folder, PollSeconds = PollSeconds });
        var queue = new FileJobQueue(options, new JobSource(JobQueueContract.Service), Time, NullLogger<FileJobQueue>.Instance);
        _opened.Add(queue);
        return queue;
    }

    /// <summary>Leaves the folder as a killed process would: only what was written by now is there, under another path since the lock lives on.</summary>
    public void Crash()
    {
        var journal = Journal;
        Folder = NewFolder();
        File.Copy(journal, Journal);
    }

    public FileJobQueue CrashAndOpen()
    {
        Crash();
        return Open();
    }

    public static async Task EnqueueAsync(IJobQueue queue, params IEnumerable<string> videoIds)
    {
        foreach (var videoId in videoIds)
            await queue.EnqueueAsync(new VideoJob(videoId), CancellationToken.None);
    }

    /// <summary>Everything visible now, by video.</summary>
    public static async Task<Dictionary<string, ReceivedJob>> DrainAsync(IJobQueue queue)
    {
        var all = new Dictionary<string, ReceivedJob>();
        while (await queue.ReceiveAsync(10, Visibility, CancellationToken.None) is { Count: > 0 } jobs)
        {
            foreach (var job in jobs)
                all.Add(job.Job.VideoId, job);
        }

        return all;
    }

    public async Task CloseAsync()
    {
        foreach (var queue in _opened)
            await queue.DisposeAsync();
        foreach (var folder in _folders)
            folder.Dispose();
    }

    private string NewFolder()
    {
        var folder = new TempFolder();
        _folders.Add(folder);
        return folder.Path;
    }
}
