using System.Diagnostics.Metrics;
using Ingestion.Silo.Hosting;

namespace Ingestion.Silo.Telemetry;

/// <summary>
/// Room on the file system of the data folder, and of those folders in it that are on another one. The system is asked when metrics are read: it knows the
/// answer without a look at the disk. Names and units: docs/operate/metrics.md.
/// </summary>
internal sealed class DiskMetrics
{
    private const string FolderTag = "ingestion.disk.folder";

    // What may be mounted for itself: parts of slow clients, and what media tools write.
    private static readonly string[] _inside = ["staging", "scratch"];

    private readonly List<(string Path, KeyValuePair<string, object?> Tag)> _folders = [];

    public DiskMetrics(IMeterFactory meters, SiloSettings settings)
    {
        // Where the data folder is a link, what is in it lies where that leads.
        var (data, mounts) = (DiskMounts.Target(settings.DataPath("")), DiskMounts.Read());
        _folders.Add((data, new(FolderTag, "data")));
        foreach (var name in _inside)
        {
            var inside = Path.Combine(data, name);
            if (mounts.Of(inside) != mounts.Of(data))
                _folders.Add((inside, new(FolderTag, name)));
        }

        var meter = meters.Create("Ingestion");
        meter.CreateObservableUpDownCounter("ingestion.disk.free", () => Of(disk => disk.AvailableFreeSpace), "By",
            "Room on the disk of a folder that the silo may still take.");
        meter.CreateObservableUpDownCounter("ingestion.disk.limit", () => Of(disk => disk.TotalSize), "By", "Size of that disk.");
    }

    private IEnumerable<Measurement<long>> Of(Func<DriveInfo, long> figure)
    {
        foreach (var (path, tag) in _folders)
        {
            if (Read(path, figure) is { } bytes)
                yield return new Measurement<long>(bytes, tag);
        }
    }

    /// <summary>Null where the system does not say: the folder is gone, or its disk fails.</summary>
    private static long? Read(string path, Func<DriveInfo, long> figure)
    {
        try
        {
            return figure(new DriveInfo(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
