using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Ingestion.Api.Uploads.Form;

/// <summary>
/// Reads a multipart body (RFC 2046, RFC 7578) straight from the connection's pipe: part by part, and each part's bytes into the caller's
/// memory, so that an upload costs one copy and next to no garbage. A body that breaks the format ends in <see cref="MultipartFormatException"/>.
/// </summary>
internal sealed class MultipartBody
{
    private const int LongestPreamble = 16 * 1024;
    private const int LongestHeaders = 16 * 1024;

    private readonly PipeReader _body;

    // CR LF "--" boundary: what ends a part. The first one of a body may lack its CR LF.
    private readonly byte[] _delimiter;
    private Place _place = Place.Start;

    public MultipartBody(PipeReader body, string boundary) => (_body, _delimiter) = (body, Encoding.Latin1.GetBytes("\r\n--" + boundary));

    /// <summary>Bytes that were read of the body so far.</summary>
    public long Consumed { get; private set; }

    /// <summary>Bytes that a body has at least behind the bytes of a part: the closing delimiter.</summary>
    public int ClosingLength => _delimiter.Length + "--\r\n".Length;

    private enum Place
    {
        /// <summary>Nothing was read yet.</summary>
        Start,

        /// <summary>Inside a part's bytes.</summary>
        Part,

        /// <summary>Right behind a delimiter.</summary>
        Delimiter,

        /// <summary>Behind the closing delimiter.</summary>
        End,
    }

    /// <summary>The headers of the next part, or null behind the last. The part before must have been read to its end.</summary>
    public async ValueTask<MultipartHeaders?> NextPartAsync(CancellationToken cancellationToken)
    {
        if (_place is Place.Start)
            await FindFirstAsync(cancellationToken);
        if (_place is Place.Part)
            throw new InvalidOperationException("The part before has not been read to its end.");
        if (_place is Place.Delimiter && !await StartsPartAsync(cancellationToken))
            _place = Place.End;
        if (_place is Place.End)
            return null;
        var headers = await ReadHeadersAsync(cancellationToken);
        _place = Place.Part;
        return headers;
    }

    /// <summary>Reads what has come of the part's bytes, at least one; 0 at its end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (_place is Place.Part)
        {
            var result = await _body.ReadAsync(cancellationToken);
            var read = Take(result.Buffer, destination.Span);
            if (read > 0)
                return read;
            if (_place is Place.Part && result.IsCompleted)
                throw new MultipartFormatException("The body ends inside a part.");
        }

        return 0;
    }

    /// <summary>Fills <paramref name="destination"/> as far as the part goes; less only at its end.</summary>
    public async ValueTask<int> ReadFullyAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        var total = 0;
        int read;
        while (total < destination.Length && (read = await ReadAsync(destination[total..], cancellationToken)) > 0)
            total += read;
        return total;
    }

    /// <summary>Copies bytes that can't be part of a delimiter; steps over the delimiter when it stands first.</summary>
    private int Take(ReadOnlySequence<byte> buffer, Span<byte> destination)
    {
        // Not looked at further than can be taken now, or every byte would be searched more than once.
        var window = buffer.Slice(0, Math.Min(buffer.Length, destination.Length + _delimiter.Length - 1));
        var delimiter = IndexOf(window, _delimiter);
        if (delimiter == 0)
        {
            Consume(buffer, _delimiter.Length);
            _place = Place.Delimiter;
            return 0;
        }

        var safe = (int)(delimiter > 0 ? delimiter : window.Length - (_delimiter.Length - 1));
        if (safe <= 0)
        {
            _body.AdvanceTo(buffer.Start, buffer.End);
            return 0;
        }

        var count = Math.Min(safe, destination.Length);
        buffer.Slice(0, count).CopyTo(destination);
        Consume(buffer, count);
        return count;
    }

    private void Consume(ReadOnlySequence<byte> buffer, long count)
    {
        _body.AdvanceTo(buffer.GetPosition(count));
        Consumed += count;
    }

    private async ValueTask FindFirstAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _body.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            var atStart = _delimiter.AsMemory(2);
            if (buffer.Length >= atStart.Length && StartsWith(buffer, atStart.Span))
            {
                Consume(buffer, atStart.Length);
                break;
            }

            if (buffer.Length >= atStart.Length && IndexOf(buffer, _delimiter) is >= 0 and var found)
            {
                Consume(buffer, found + _delimiter.Length);
                break;
            }

            _body.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted || buffer.Length > LongestPreamble)
                throw new MultipartFormatException("The body does not begin with its boundary.");
        }

        _place = Place.Delimiter;
    }

    /// <summary>Behind a delimiter: "--" closes the body; else optional white space and the end of the line.</summary>
    private async ValueTask<bool> StartsPartAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _body.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.Length >= 2 && StartsWith(buffer, "--"u8))
            {
                Consume(buffer, 2);
                return false;
            }

            if (IndexOf(buffer, "\r\n"u8) is >= 0 and var end)
            {
                var isBlank = IsBlank(buffer.Slice(0, end));
                Consume(buffer, end + 2);
                return isBlank ? true : throw new MultipartFormatException("A boundary is followed by other characters.");
            }

            _body.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted || buffer.Length > LongestHeaders)
                throw new MultipartFormatException("The body ends behind a boundary.");
        }
    }

    private async ValueTask<MultipartHeaders> ReadHeadersAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _body.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            // A part without any headers begins with the empty line itself.
            var end = buffer.Length >= 2 && StartsWith(buffer, "\r\n"u8) ? -2 : IndexOf(buffer, "\r\n\r\n"u8);
            if (end is >= 0 and <= LongestHeaders or -2)
            {
                var text = end < 0 ? "" : Encoding.UTF8.GetString(buffer.Slice(0, end));
                Consume(buffer, end + 4);
                return MultipartHeaders.Parse(text);
            }

            _body.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted || buffer.Length > LongestHeaders)
                throw new MultipartFormatException("The headers of a part do not end.");
        }
    }

    private static bool IsBlank(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            if (segment.Span.ContainsAnyExcept((byte)' ', (byte)'\t'))
                return false;
        }

        return true;
    }

    /// <summary>Position of <paramref name="wanted"/>; -1 when it is not there as a whole.</summary>
    private static long IndexOf(ReadOnlySequence<byte> bytes, ReadOnlySpan<byte> wanted)
    {
        long before = 0;
        foreach (var segment in bytes)
        {
            var span = segment.Span;
            var inside = span.IndexOf(wanted);
            if (inside >= 0)
                return before + inside;
            // A boundary that begins in this segment's last bytes continues in the next.
            for (var start = Math.Max(0, span.Length - wanted.Length + 1); start < span.Length; start++)
            {
                if (span[start] == wanted[0] && StartsWith(bytes.Slice(before + start), wanted))
                    return before + start;
            }

            before += span.Length;
        }

        return -1;
    }

    private static bool StartsWith(ReadOnlySequence<byte> bytes, ReadOnlySpan<byte> wanted)
    {
        foreach (var segment in bytes)
        {
            var length = Math.Min(segment.Length, wanted.Length);
            if (!segment.Span[..length].SequenceEqual(wanted[..length]))
                return false;
            wanted = wanted[length..];
            if (wanted.IsEmpty)
                return true;
        }

        return wanted.IsEmpty;
    }
}
