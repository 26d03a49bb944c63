using System.Diagnostics;
using Xunit;

namespace Ingestion.Tests.Shared;

/// <summary>A file system of 128 KiB in memory, to run out of.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Null where this process may not mount.</summary>
    public static SmallDisk? TryMount()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return null;
        var folder = Directory.CreateTempSubdirectory("small-disk-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", folder))
            return new SmallDisk(folder);
        Directory.Delete(folder);
        return null;
    }

    public void Dispose()
    {
        Run("umount", Folder);
        Directory.Delete(Folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

/// <summary>Runs where a small file system can be mounted; elsewhere the test is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> _mounts = new(() =>
    {
        using var disk = SmallDisk.TryMount();
        return disk is not null;
    });

    public SmallDiskFactAttribute()
    {
        if (!_mounts.Value)
            Skip = "NOT TESTED: a full disk needs the right to mount a tmpfs.";
    }
}
