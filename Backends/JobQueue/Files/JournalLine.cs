using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Ingestion.Backends.Buffers;

namespace Ingestion.Backends.JobQueue.Files;

/// <summary>
/// A record as a line that an operator can read: <c>crc32c durable json</c>, where <c>durable</c> is the length of the file that was known
/// to be on disk when the line was written. It distinguishes a torn tail from damage: a bad line that a later good line calls durable was once whole.
/// </summary>
internal sealed class JournalLine
{
    private const int ChecksumLength = 8;
    private static readonly StandardFormat _checksumFormat = new('x', ChecksumLength);

    private readonly ArrayBufferWriter<byte> _body = new();

    /// <summary>Appends one line to <paramref name="output"/>.</summary>
    public void Write(ArrayBufferWriter<byte> output, JournalRecord record, long durable)
    {
        _body.ResetWrittenCount();
        Utf8Formatter.TryFormat(durable, _body.GetSpan(20), out var digits);
        _body.Advance(digits);
        _body.Write(" "u8);
        using (var json = new Utf8JsonWriter(_body))
            JsonSerializer.Serialize(json, record, JournalJson.Default.JournalRecord);

        Utf8Formatter.TryFormat(Crc32C.Of(_body.WrittenSpan), output.GetSpan(ChecksumLength), out _, _checksumFormat);
        output.Advance(ChecksumLength);
        output.Write(" "u8);
        output.Write(_body.WrittenSpan);
        output.Write("\n"u8);
    }

    /// <summary>False when the line is not what was once written. A whole line that makes no sense throws <see cref="JsonException"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out long durable, out JournalRecord record)
    {
        durable = 0;
        record = null!;
        if (line.Length <= ChecksumLength + 1
            || !Utf8Parser.TryParse(line[..ChecksumLength], out uint checksum, out var read, 'x')
            || read != ChecksumLength
            || checksum != Crc32C.Of(line[(ChecksumLength + 1)..]))
        {
            return false;
        }

        var body = line[(ChecksumLength + 1)..];
        if (!Utf8Parser.TryParse(body, out durable, out var digits))
            throw new JsonException("The line has no durable length.");
        record = JsonSerializer.Deserialize(body[digits..], JournalJson.Default.JournalRecord) ?? throw new JsonException("The line is empty.");
        return true;
    }
}
