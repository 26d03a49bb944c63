using System.Buffers;
using System.Net.WebSockets;

namespace Ingestion.Api.Status;

/// <summary>The two loops.</summary>
internal sealed partial class StatusSocket
{
    private const int SmallBuffer = 4 * 1024;

    private async Task ReadAsync()
    {
        try
        {
            while (_socket.State is WebSocketState.Open)
            {
                // Awaited without a buffer: an idle socket holds none.
                await _socket.ReceiveAsync(Memory<byte>.Empty, _closing.Token);
                if (!await ReadFrameAsync())
                    return;
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer has gone, or the writer has ended; either way this loop is done.
        }
    }

    /// <summary>False when the peer closes or breaks the rules.</summary>
    private async Task<bool> ReadFrameAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        try
        {
            var length = 0;
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(length), _closing.Token);
                length += received.Count;
                if (received.MessageType is WebSocketMessageType.Close)
                    return false;
                if (received.MessageType is not WebSocketMessageType.Text || length > SocketLimits.LargestFrame)
                {
                    Close(CloseCode.BadFrame);
                    return false;
                }

                if (received.EndOfMessage)
                    break;
                if (length == buffer.Length)
                    buffer = Grow(buffer);
            }

            // Any frame is a sign of life.
            _awaitsPong = false;
            await HandleAsync(ClientFrame.Read(buffer.AsSpan(0, length)));
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var frame in _outgoing.Reader.ReadAllAsync(_closing.Token))
                await _socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, _closing.Token);
            await SayGoodbyeAsync();
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer has gone.
        }
        finally
        {
            // Ends the reader, whatever it waits for.
            await _closing.CancelAsync();
        }
    }

    private async Task SayGoodbyeAsync()
    {
        using var grace = new CancellationTokenSource(SocketLimits.CloseGrace, _edge.Time);
        if (_socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        if (_closeCode is not CloseCode.Normal && _socket.State is WebSocketState.Open)
            await _socket.SendAsync(Frames.Bye(_closeCode, _retryMilliseconds), WebSocketMessageType.Text, endOfMessage: true, grace.Token);
        await _socket.CloseOutputAsync((WebSocketCloseStatus)_closeCode, statusDescription: null, grace.Token);
    }
}
