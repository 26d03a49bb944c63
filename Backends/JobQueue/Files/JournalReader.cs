using System.Text.Json;

namespace Ingestion.Backends.JobQueue.Files;

/// <summary>How far a journal can be trusted.</summary>
/// <param name="GoodLength">Length of the whole lines; 0 when there is no journal yet.</param>
/// <param name="FileLength">Length of the file. What is over <paramref name="GoodLength"/> is a torn tail.</param>
/// <param name="Records">Whole lines read.</param>
internal readonly record struct JournalTail(long GoodLength, long FileLength, int Records);

/// <summary>Reads a journal from its beginning.</summary>
internal static class JournalReader
{
    /// <summary>Hands every whole record on in order.</summary>
    /// <exception cref="InvalidDataException">The journal is damaged before its tail, or of a version that this program doesn't know.</exception>
    public static JournalTail Read(string path, Action<JournalRecord> apply)
    {
        if (!File.Exists(path))
            return default;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var lines = new Lines(file);
        long good = 0;
        long? bad = null;
        var records = 0;
        while (lines.Next(out var offset, out var line, out var ended))
        {
            if (!TryRead(path, offset, line, out var durable, out var record) || !ended)
            {
                bad ??= offset;
            }
            else if (bad is null)
            {
                CheckVersion(path, offset, record);
                apply(record);
                good = offset + line.Length + 1;
                records++;
            }
            else if (durable > bad)
            {
                throw Damaged(path, bad.Value, null);
            }
        }

        // A journal takes its name only once its first lines are on disk, so a bad first line is never a torn one.
        return bad == 0 ? throw Damaged(path, 0, null) : new JournalTail(good, lines.Read, records);
    }

    private static bool TryRead(string path, long offset, ReadOnlySpan<byte> line, out long durable, out JournalRecord record)
    {
        try
        {
            return JournalLine.TryRead(line, out durable, out record);
        }
        catch (JsonException exception)
        {
            throw Damaged(path, offset, exception);
        }
    }

    private static void CheckVersion(string path, long offset, JournalRecord record)
    {
        if ((offset == 0) != (record.Op == JournalOp.Open) || record.Op == JournalOp.None)
            throw Damaged(path, offset, null);
        if (offset == 0 && record.Version != JournalRecord.CurrentVersion)
            throw new InvalidDataException(
                $"The job journal '{path}' has format version {record.Version}; this program reads version {JournalRecord.CurrentVersion}.");
    }

    private static InvalidDataException Damaged(string path, long offset, Exception? inner) => new(
        $"The job journal '{path}' is damaged at offset {offset}, before its end: jobs may be lost. "
        + "Restore it from a copy, or move it away to start with an empty queue.",
        inner);

    /// <summary>Cuts a stream into lines with a buffer of the longest line.</summary>
    private sealed class Lines(Stream stream)
    {
        private byte[] _buffer = new byte[64 * 1024];
        private int _start;
        private int _end;

        /// <summary>Bytes read so far.</summary>
        public long Read { get; private set; }

        /// <summary>The next line without its end; <paramref name="ended"/> is false for a last line that lacks one.</summary>
        public bool Next(out long offset, out ReadOnlySpan<byte> line, out bool ended)
        {
            int length;
            while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n')) < 0 && Fill())
            {
            }

            ended = length >= 0;
            offset = Read - (_end - _start);
            line = _buffer.AsSpan(_start, ended ? length : _end - _start);
            _start += line.Length + (ended ? 1 : 0);
            return ended || line.Length > 0;
        }

        private bool Fill()
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            if (_end == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            var read = stream.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            Read += read;
            return read > 0;
        }
    }
}
