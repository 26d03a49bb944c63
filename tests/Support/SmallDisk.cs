namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>A file system of a few megabytes in memory, to be filled up.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int Page = 4096;

    private readonly TempFolder _folder = new();

    public string Path => _folder.Path;

    /// <summary>Why this machine can't have one; null when it can.</summary>
    public static string? Missing { get; } = Try();

    private string Filler => System.IO.Path.Combine(Path, "filler");

    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        var disk = new SmallDisk();
        var mount = await Executable.RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk.Path);
        Assert.True(mount.ExitCode == 0, mount.Error);
        return disk;
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

    public async ValueTask DisposeAsync()
    {
        await Executable.RunAsync("umount", Path);
        _folder.Dispose();
    }

    private static string? Try()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return "mounting a small disk needs root on Linux";
        using var folder = new TempFolder();
        using var mount = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.Path]) { RedirectStandardError = true })!;
        mount.WaitForExit();
        if (mount.ExitCode != 0)
            return "this machine does not let root mount a tmpfs";
        using var unmount = System.Diagnostics.Process.Start("umount", [folder.Path])!;
        unmount.WaitForExit();
        return null;
    }
}

/// <summary>A test that needs a <see cref="SmallDisk"/>; where there can be none, skipped with that reason.</summary>
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.Missing;
}
