using Ingestion.Backends.JobQueue;
using Ingestion.Backends.JobQueue.Files;
using Ingestion.Videos;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Contracts;

/// <summary>The process that GroupCommitTests kills: it enqueues for ever and prints each video whose job was acknowledged.</summary>
internal static class Program
{
    private const int Writers = 16;

    public static async Task Main(string[] arguments)
    {
        if (arguments is not [var folder])
            return;
        var options = Options.Create(new FileJobQueueOptions { Path = folder });
        await using var queue = new FileJobQueue(options, new JobSource("service"), TimeProvider.System, NullLogger<FileJobQueue>.Instance);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => EnqueueForEverAsync(queue, writer)));
    }

    private static async Task EnqueueForEverAsync(FileJobQueue queue, int writer)
    {
        for (var n = 0; ; n++)
        {
            var video = $"w{writer}-{n}";
            await queue.EnqueueAsync(new VideoJob(video), CancellationToken.None);
            await Console.Out.WriteLineAsync(video);
        }
    }
}
