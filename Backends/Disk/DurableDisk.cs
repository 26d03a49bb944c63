using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ingestion.Backends.Disk;

/// <summary>
/// Blocking disk work for everything that must survive a crash. fsync has no asynchronous form, so each one holds a thread: they run on the
/// thread pool, at most <see cref="Lanes"/> at a time, so that a slow disk never takes every thread from the sockets.
/// </summary>
internal static partial class DurableDisk
{
    // Enough for the kernel to merge flushes of one journal commit; more only adds threads.
    private const int Lanes = 8;

    private static readonly SemaphoreSlim _lanes = new(Lanes);

    /// <summary>Runs blocking disk work off the caller's scheduler.</summary>
    public static async Task<TResult> RunAsync<TState, TResult>(TState state, Func<TState, TResult> work, CancellationToken cancellationToken)
    {
        await _lanes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Factory.StartNew(
                static boxed =>
                {
                    var (work, state) = ((Func<TState, TResult>, TState))boxed!;
                    return work(state);
                },
                (work, state),
                CancellationToken.None,
                TaskCreationOptions.DenyChildAttach,
                TaskScheduler.Default).ConfigureAwait(false);
        }
        finally
        {
            _lanes.Release();
        }
    }

    /// <summary>Replaces a file as a whole: after a crash it holds the old bytes or the new ones. The folder must exist.</summary>
    public static void ReplaceFile(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".tmp";
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                RandomAccess.Write(file, content, 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException)
        {
            // A full disk must not keep the half of a file on top; the first error is the one to report.
            TryDelete(temporary);
            throw;
        }

        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Creates a folder and what lacks above it, each one's name durable in its parent.</summary>
    public static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
            return;
        var parent = Path.GetDirectoryName(folder);
        if (!string.IsNullOrEmpty(parent))
            CreateFolder(parent);
        Directory.CreateDirectory(folder);
        if (!string.IsNullOrEmpty(parent))
            FlushFolder(parent);
    }

    /// <summary>Makes the names in a folder durable: a rename is only safe once its folder is flushed.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var handle = Open(folder, OpenReadOnly | OpenCloseOnExec);
        if (handle.IsInvalid || Flush(handle) != 0)
            throw new IOException($"Could not flush the folder {folder}.", Marshal.GetLastPInvokeError());
    }

    private const int OpenReadOnly = 0;
    private const int OpenCloseOnExec = 0x80000;

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // The next replacement of the same file overwrites it.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(SafeFileHandle file);
}
