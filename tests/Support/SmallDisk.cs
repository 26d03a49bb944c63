using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Ingestion.Tests.Support;

/// <summary>A small file system in memory, to be filled up.</summary>
public sealed class SmallDisk : IDisposable
{
    private const int Page = 4096;

    private readonly TempFolder _folder = new();

    private SmallDisk()
    {
    }

    public string Path => _folder.Path;

    /// <summary>Why this machine can't have one; null when it can.</summary>
    public static string? Missing { get; } = Try();

    private string Filler => System.IO.Path.Combine(Path, "filler");

    public static SmallDisk Mount(int kibibytes)
    {
        var disk = new SmallDisk();
        if (Run("mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "tmpfs", disk.Path))
            return disk;
        disk._folder.Dispose();
        throw new InvalidOperationException("The small disk could not be mounted.");
    }

    /// <summary>Fills it up but for this many pages.</summary>
    public void FillUpTo(int freePages)
    {
        using var filler = new FileStream(Filler, FileMode.Append);
        var free = new DriveInfo(Path).AvailableFreeSpace / Page;
        for (; free > freePages; free--)
            filler.Write(new byte[Page]);
    }

    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        // A tool of the silo that is gone may not have ended yet, and still be there.
        if (!Run("umount", Path))
            Run("umount", "--lazy", Path);
        _folder.Dispose();
    }

    private static string? Try()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return "NOT TESTED: mounting a small disk needs root on Linux.";
        try
        {
            Mount(kibibytes: 128).Dispose();
            return null;
        }
        catch (InvalidOperationException)
        {
            return "NOT TESTED: this machine does not let root mount a tmpfs.";
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}

/// <summary>A test that needs a <see cref="SmallDisk"/>; where there can be none, skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.Missing;
}
