using Ingestion.Backends.Disk;
using Ingestion.Uploads;

namespace Ingestion.Backends.Buffers;

/// <summary>
/// Temporary files for parts that there is no memory for. Where the system allows it a file loses its name as soon as it is open: then it
/// goes with the process, however that ends. What still has a name is swept at start and by the janitor.
/// </summary>
public sealed class StagingFolder
{
    private readonly string _folder;
    private long _bytes;
    private long _created;

    /// <summary>Uses <paramref name="folder"/>, and empties it.</summary>
    public StagingFolder(string folder)
    {
        _folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(_folder);
        Sweep(DateTimeOffset.MaxValue);
    }

    /// <summary>Bytes in files that are in use.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Removes files that were last written before <paramref name="before"/>; how many.</summary>
    public Task<int> SweepAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        DurableDisk.RunAsync((this, before), static sweep => sweep.Item1.Sweep(sweep.before), cancellationToken);

    /// <summary>A new file for bytes of this upload.</summary>
    internal Task<StagingFile> CreateAsync(string videoId, long epoch, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_folder, $"{videoId}-{epoch}-{Interlocked.Increment(ref _created)}.tmp");
        return DurableDisk.RunAsync((this, path), static create => create.Item1.Create(create.path), cancellationToken);
    }

    internal void Count(long bytes) => Interlocked.Add(ref _bytes, bytes);

    private StagingFile Create(string path)
    {
        try
        {
            // Windows can't take the name of an open file away; there it goes when the file is closed.
            var options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
            var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, options);
            if (!OperatingSystem.IsWindows())
                File.Delete(path);
            return new StagingFile(this, file);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw new ObjectStoreFullException("The disk of the staging folder is full.", e);
        }
    }

    private int Sweep(DateTimeOffset before)
    {
        var swept = 0;
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc >= before.UtcDateTime)
                continue;
            file.Delete();
            swept++;
        }

        return swept;
    }
}
