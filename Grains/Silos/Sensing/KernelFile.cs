using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace Ingestion.Grains.Silos.Sensing;

/// <summary>
/// A small text file of the kernel that is read again and again: kept open, read from its beginning, parsed where it lies. Nothing is allocated.
/// </summary>
internal sealed class KernelFile : IDisposable
{
    /// <summary>Room for the longest of them, <c>memory.stat</c>.</summary>
    public const int MostBytes = 8 * 1024;

    private readonly SafeFileHandle _file;

    // A cgroup that the process was moved out of can be removed. The rest is still read.
    private bool _gone;

    private KernelFile(SafeFileHandle file) => _file = file;

    /// <summary>Null when there is no such file, or it can't be read.</summary>
    public static KernelFile? Open(string path)
    {
        try
        {
            // Shared for writing, too: otherwise .NET takes a lock on it.
            return new KernelFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>What fits of its text; nothing once it has gone.</summary>
    public ReadOnlySpan<byte> Read(Span<byte> room)
    {
        if (_gone)
            return default;
        try
        {
            // As a rule all of it comes at once: the second read, which would say that this was the end, costs as much as the first.
            var length = RandomAccess.Read(_file, room, 0);
            while (length > 0 && length < room.Length && room[length - 1] != '\n' && RandomAccess.Read(_file, room[length..], length) is > 0 and var read)
                length += read;
            return room[..length];
        }
        catch (IOException)
        {
            _gone = true;
            return default;
        }
    }

    /// <summary>The one number in it; <paramref name="otherwise"/> where it has a word (<c>max</c>).</summary>
    public long ReadNumber(long otherwise)
    {
        Span<byte> room = stackalloc byte[32];
        return Utf8Parser.TryParse(Read(room), out ulong number, out _) ? (long)Math.Min(number, long.MaxValue) : otherwise;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The number behind <paramref name="key"/> at the beginning of a line; null when there is no such line.</summary>
    public static long? Field(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            if (line.StartsWith(key))
                return Utf8Parser.TryParse(line[key.Length..].TrimStart(" \t"u8), out ulong number, out _) ? (long)Math.Min(number, long.MaxValue) : null;
            text = end < 0 ? default : text[(end + 1)..];
        }

        return null;
    }
}
