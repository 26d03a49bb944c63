using System.Buffers;
using System.Text.Unicode;

namespace Ingestion.Api.Status.Framing;

/// <summary>What a client sent.</summary>
internal enum MessageKind
{
    /// <summary>A whole text message.</summary>
    Text,

    /// <summary>It requests a pong with the same payload.</summary>
    Ping,

    /// <summary>A sign of life.</summary>
    Pong,

    /// <summary>It closes its side; the payload is its code and reason.</summary>
    Close,

    /// <summary>A message that is no text of ours.</summary>
    Binary,

    /// <summary>A message longer than allowed.</summary>
    TooLong,

    /// <summary>A text message that is no UTF-8 (RFC 6455, section 8.1).</summary>
    NotText,

    /// <summary>Something that is no WebSocket frame; what follows can't be read.</summary>
    Broken,
}

/// <summary>One message of a client; the payload is good until the next one is read.</summary>
internal readonly record struct ClientMessage(MessageKind Kind, ReadOnlyMemory<byte> Payload = default);

/// <summary>
/// Reads a client's messages (RFC 6455) from what its connection brings. While nothing comes it holds no buffer; what has come of a message is
/// in a rented one of its size.
/// </summary>
internal sealed class MessageReader(int longestMessage, bool inflates = false) : IDisposable
{
    // No message of ours needs more than one; a client that sends empty ones for ever must not keep a core busy.
    private const int MostFrames = 1024;

    private FrameHeader? _frame;
    private long _frameRead;
    private Opcode _message;
    private int _frames;
    private bool _inMessage;
    private bool _deflated;
    private bool _tooLong;
    private bool _tooLongReported;
    private byte[]? _data;
    private int _dataLength;
    private byte[]? _control;
    private bool _handedOut;

    /// <summary>Consumes what there is, up to the end of a message; null when there is none yet and all was consumed that could be.</summary>
    public ClientMessage? Take(ref ReadOnlySequence<byte> buffer)
    {
        Forget();
        while (true)
        {
            if (_frame is null && !TryBegin(ref buffer, out var broken))
                return broken ? new ClientMessage(MessageKind.Broken) : null;
            var frame = _frame!.Value;
            var count = (int)Math.Min(frame.Length - _frameRead, Math.Min(buffer.Length, int.MaxValue));
            if (count > 0)
                Keep(buffer.Slice(0, count), frame);
            buffer = buffer.Slice(count);
            _frameRead += count;
            if (_tooLong && !_tooLongReported)
            {
                // Once, and as soon as it is known, without waiting for the rest of the message.
                _tooLongReported = true;
                return new ClientMessage(MessageKind.TooLong);
            }

            if (_frameRead < frame.Length)
                return null;
            _frame = null;
            if (End(frame) is { } message)
                return message;
        }
    }

    public void Dispose()
    {
        Return(ref _data);
        Return(ref _control);
    }

    private bool TryBegin(ref ReadOnlySequence<byte> buffer, out bool broken)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (FrameHeader.Read(ref reader, out broken) is not { } frame || broken)
            return false;
        // A continuation needs a message to continue, and only control frames may come in between.
        broken = frame.Opcode switch
        {
            Opcode.Continuation => !_inMessage,
            Opcode.Text or Opcode.Binary => _inMessage || (frame.IsDeflated && !inflates),
            _ => false,
        };
        if (broken)
            return false;
        buffer = buffer.Slice(reader.Position);
        (_frame, _frameRead) = (frame, 0);
        if (frame.Opcode is Opcode.Text or Opcode.Binary)
            (_message, _inMessage, _deflated, _dataLength, _frames, _tooLong, _tooLongReported) = (frame.Opcode, true, frame.IsDeflated, 0, 0, false, false);
        if (!frame.IsControl)
            _tooLong |= frame.Length > longestMessage - _dataLength || ++_frames > MostFrames;
        return true;
    }

    /// <summary>Keeps a piece of a payload, unmasked. Of a message that is too long nothing is kept.</summary>
    private void Keep(ReadOnlySequence<byte> piece, FrameHeader frame)
    {
        if (_tooLong && !frame.IsControl)
            return;
        var count = (int)piece.Length;
        if (frame.IsControl)
        {
            _control ??= ArrayPool<byte>.Shared.Rent((int)frame.Length);
            Copy(piece, _control.AsSpan((int)_frameRead, count), frame);
            return;
        }

        var needed = _dataLength + (int)(frame.Length - _frameRead);
        if (_data is null || _data.Length < needed)
            Grow(needed);
        Copy(piece, _data.AsSpan(_dataLength, count), frame);
        _dataLength += count;
    }

    private void Copy(ReadOnlySequence<byte> piece, Span<byte> destination, FrameHeader frame)
    {
        piece.CopyTo(destination);
        Masking.Remove(destination, frame.Mask, _frameRead);
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(needed);
        _data?.AsSpan(0, _dataLength).CopyTo(larger);
        Return(ref _data);
        _data = larger;
    }

    private ClientMessage? End(FrameHeader frame)
    {
        if (frame.IsControl)
        {
            _handedOut = true;
            var kind = frame.Opcode switch { Opcode.Ping => MessageKind.Ping, Opcode.Pong => MessageKind.Pong, _ => MessageKind.Close };
            return new ClientMessage(kind, _control.AsMemory(0, (int)frame.Length));
        }

        if (!frame.IsFinal)
            return null;
        _inMessage = false;
        if (_tooLong)
            return null;
        _handedOut = true;
        if (_deflated && Inflate() is { } refused)
            return refused;
        if (_message is Opcode.Binary)
            return new ClientMessage(MessageKind.Binary, _data.AsMemory(0, _dataLength));
        // Of the whole message: a character may lie in two frames.
        return Utf8.IsValid(_data.AsSpan(0, _dataLength)) ? new ClientMessage(MessageKind.Text, _data.AsMemory(0, _dataLength))
            : new ClientMessage(MessageKind.NotText);
    }

    /// <summary>Puts what the message holds into its place; otherwise what is wrong with it.</summary>
    private ClientMessage? Inflate()
    {
        var length = Deflate.Inflate(_data.AsSpan(0, _dataLength), longestMessage, out var inflated);
        Return(ref _data);
        (_data, _dataLength) = (inflated, Math.Max(length ?? 0, 0));
        return length switch
        {
            null => new ClientMessage(MessageKind.Broken),
            < 0 => new ClientMessage(MessageKind.TooLong),
            _ => null,
        };
    }

    /// <summary>The message that was handed out has been dealt with.</summary>
    private void Forget()
    {
        if (!_handedOut)
            return;
        _handedOut = false;
        Return(ref _control);
        // A control may have come in the middle of a message.
        if (!_inMessage)
            Return(ref _data);
    }

    private static void Return(ref byte[]? rented)
    {
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        rented = null;
    }
}
