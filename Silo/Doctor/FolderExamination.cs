using Ingestion.Doctor;
using Ingestion.Silo.Hosting;

namespace Ingestion.Silo.Doctor;

/// <summary>The data folder: whether it can be written, and how much room it has.</summary>
internal sealed class FolderExamination(SiloSettings settings) : IExamination
{
    private const long Mebibyte = 1024 * 1024;

    // The alert DiskNearlyFull (deploy/prometheus) begins there too. An upload is refused when a write finds no room, and not before.
    private const long Least = 1024 * Mebibyte;

    public IEnumerable<Look> Looks =>
    [
        Look.Of("data folder", "choose a folder that the silo's user can write, with --data (Ingestion:Data)", LookAtFolder),
        Look.Of("disk", "make room, or choose another disk with --data (Ingestion:Data)", LookAtDisk),
    ];

    private string Folder => settings.DataPath("");

    private Diagnosis LookAtFolder()
    {
        var parent = Nearest();
        // By a name that no silo uses, and gone at once: a silo may run here.
        var probe = Path.Combine(parent, $".doctor-{Guid.NewGuid():N}");
        using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
        {
        }

        return Diagnosis.Ok(Directory.Exists(Folder) ? $"{Folder} can be written" : $"{Folder} can be made");
    }

    private Diagnosis LookAtDisk()
    {
        var free = new DriveInfo(Nearest()).AvailableFreeSpace;
        var finding = $"{free / Mebibyte} MiB are free";
        return free < Least ? Diagnosis.Warning(finding) : Diagnosis.Ok(finding);
    }

    /// <summary>The folder, or the next one above it that is there.</summary>
    private string Nearest()
    {
        var folder = Folder.TrimEnd(Path.DirectorySeparatorChar);
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException($"{Folder} can't be made");
        return folder;
    }
}
