using System.Diagnostics;
using System.Globalization;

namespace Ingestion.Backends.Media.Tools;

/// <summary>Looks at processes in /proc. Where there is none, nothing is seen.</summary>
internal static class ProcessTable
{
    private const string Root = "/proc";

    /// <summary>Processor time in clock ticks; null when there is no such process.</summary>
    public static long? CpuTicks(int pid)
    {
        // The name in parentheses may hold anything; behind it the fields have fixed places (proc_pid_stat(5), utime is 14, stime 15).
        if (Read($"{Root}/{pid}/stat") is not { } stat)
            return null;
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    /// <summary>Its resident memory, and the most of it so far; null when it can't be seen.</summary>
    public static (long ResidentBytes, long PeakBytes)? Memory(int pid)
    {
        // Of a process that has ended and waits for its parent nothing is said about memory.
        var status = Read($"{Root}/{pid}/status")?.Split('\n');
        return status is not null && Kibibytes(status, "VmRSS:") is { } resident && Kibibytes(status, "VmHWM:") is { } peak
            ? (resident * 1024, peak * 1024) : null;
    }

    /// <summary>Bytes that it has read by system calls; null when that can't be seen.</summary>
    public static long? BytesRead(int pid)
    {
        const string Field = "rchar:";
        var line = Read($"{Root}/{pid}/io")?.Split('\n').FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal));
        return line is not null && long.TryParse(line[Field.Length..], CultureInfo.InvariantCulture, out var bytes) ? bytes : null;
    }

    /// <summary>Kills every process whose working folder is below this one; how many there were.</summary>
    public static int KillBelow(string folder)
    {
        if (!Directory.Exists(Root))
            return 0;
        var killed = 0;
        foreach (var entry in new DirectoryInfo(Root).EnumerateDirectories())
        {
            if (int.TryParse(entry.Name, CultureInfo.InvariantCulture, out var pid) && FolderOf(pid) is { } works && IsBelow(works, folder) && Kill(pid))
                killed++;
        }

        return killed;
    }

    private static long? Kibibytes(string[] status, string field)
    {
        var line = status.FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
        return line is not null && long.TryParse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture,
            out var kib) ? kib : null;
    }

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal)
            && (path.Length == folder.Length || path[folder.Length] == Path.DirectorySeparatorChar || path[folder.Length] == ' ');

    private static bool Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It ended in this very moment.
            return false;
        }
    }

    private static string? FolderOf(int pid)
    {
        try
        {
            return File.ResolveLinkTarget($"{Root}/{pid}/cwd", returnFinalTarget: false)?.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended, or is another user's.
            return null;
        }
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
