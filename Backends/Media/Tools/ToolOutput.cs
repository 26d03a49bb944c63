using System.Text;

namespace Ingestion.Backends.Media.Tools;

/// <summary>Reads what a tool prints, never more than it may.</summary>
internal static class ToolOutput
{
    private const int BufferSize = 16 * 1024;

    /// <summary>Reads to the end, or calls <paramref name="flooded"/> and stops. What came is in <paramref name="content"/>.</summary>
    public static async Task ReadAsync(Stream stream, MemoryStream content, int longest, Action flooded, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        int read;
        while ((read = await ReadOnceAsync(stream, buffer, cancellationToken)) > 0)
        {
            if (content.Length + read > longest)
            {
                flooded();
                return;
            }

            content.Write(buffer, 0, read);
        }
    }

    /// <summary>
    /// Reads to the end and keeps the last <see cref="ToolLimits.KeptErrors"/> bytes; more than <see cref="ToolLimits.LongestErrors"/> are a flood.
    /// </summary>
    public static async Task ReadTailAsync(Stream stream, MemoryStream tail, Action flooded, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        long total = 0;
        int read;
        while ((read = await ReadOnceAsync(stream, buffer, cancellationToken)) > 0)
        {
            Keep(tail, buffer.AsSpan(0, read));
            if ((total += read) <= ToolLimits.LongestErrors)
                continue;
            flooded();
            return;
        }
    }

    /// <summary>Text for a log: on one line for each line, without control characters, which could forge other lines or colour a terminal.</summary>
    public static string Clean(ReadOnlySpan<byte> printed, string address)
    {
        var text = Encoding.UTF8.GetString(printed).Replace(address, "source", StringComparison.Ordinal);
        var clean = new StringBuilder(text.Length);
        foreach (var letter in text)
            clean.Append(letter is '\n' ? '\n' : char.IsControl(letter) || char.IsSurrogate(letter) || letter is '\u2028' or '\u2029' ? ' ' : letter);
        return clean.ToString().Trim();
    }

    private static void Keep(MemoryStream tail, ReadOnlySpan<byte> more)
    {
        tail.Write(more);
        if (tail.Length <= ToolLimits.KeptErrors)
            return;
        var kept = tail.GetBuffer().AsSpan((int)tail.Length - ToolLimits.KeptErrors, ToolLimits.KeptErrors).ToArray();
        tail.SetLength(0);
        tail.Write(kept);
    }

    private static async ValueTask<int> ReadOnceAsync(Stream stream, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException)
        {
            // Nothing waits for more of it.
            return 0;
        }
    }
}
