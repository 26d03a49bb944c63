using Ingestion.Videos;
using Xunit;
using static Ingestion.Tests.Contracts.JobQueues.Files.QueueInFolder;

namespace Ingestion.Tests.Contracts.JobQueues.Files;

public sealed class FullDiskTests
{
    [SmallDiskFact]
    public async Task FullDisk_FailsTheEnqueuer_AndHarmsNothingElse()
    {
        using var disk = SmallDisk.Mount(kibibytes: 128);
        var folder = new QueueInFolder(Path.Combine(disk.Path, "jobs"));
        try
        {
            await FillAndFreeAsync(folder, Path.Combine(disk.Path, "ballast"));
        }
        finally
        {
            await folder.CloseAsync();
        }
    }

    private static async Task FillAndFreeAsync(QueueInFolder folder, string ballast)
    {
        var queue = folder.Open();
        await File.WriteAllBytesAsync(ballast, new byte[64 * 1024]);

        var kept = await EnqueueUntilFullAsync(queue);
        Assert.Equal(kept.Count, await queue.CountAsync(CancellationToken.None));
        Assert.Equal((byte)'\n', await LastByteAsync(folder.Journal));
        // Work continues although attempts can't be recorded: it may free space.
        Assert.Equal(kept, (await DrainAsync(queue)).Keys.Order());

        File.Delete(ballast);
        await EnqueueAsync(queue, "zz-after");
        Assert.Equal([.. kept, "zz-after"], (await DrainAsync(folder.CrashAndOpen())).Keys.Order());
    }

    private static async Task<byte> LastByteAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = file.Length - 1;
        return (byte)file.ReadByte();
    }

    private static async Task<List<string>> EnqueueUntilFullAsync(IJobQueue queue)
    {
        var kept = new List<string>();
        for (var n = 0; n < 10_000; n++)
        {
            // Of a length that lets the last line begin on one page of the disk and fail on the next.
            var video = $"video-{n:D5}";
            try
            {
                await EnqueueAsync(queue, video);
            }
            catch (IOException exception)
            {
                Assert.True(DiskFull.Is(exception), exception.Message);
                return kept;
            }

            kept.Add(video);
        }

        throw new InvalidOperationException("The disk was never full.");
    }
}
