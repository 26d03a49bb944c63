using System.Buffers;
using System.Net.WebSockets;

namespace Ingestion.Api.Status;

/// <summary>The two loops and their end.</summary>
internal sealed partial class StatusSocket
{
    private const int SmallBuffer = 4 * 1024;

    private bool IsEnding => Volatile.Read(ref _ending) != 0;

    /// <summary>
    /// Ends the socket: what is queued goes out first, then <c>bye</c> and the close frame, then the peer's answer is awaited; all of it within
    /// the grace, so that a peer that neither reads nor answers holds nothing. The first reason counts.
    /// </summary>
    public void Close(CloseCode code, int? retryMilliseconds = null)
    {
        if (Interlocked.Exchange(ref _ending, 1) != 0)
            return;
        // Before the queue ends: the writer reads them then.
        (_closeCode, _retryMilliseconds) = (code, retryMilliseconds);
        try
        {
            _closing.CancelAfter(SocketLimits.CloseGrace);
        }
        catch (ObjectDisposedException)
        {
            // Its peer has gone in this very moment.
        }

        _outgoing.Writer.TryComplete();
    }

    private async Task ReadAsync()
    {
        try
        {
            // Once we have closed, up to the peer's own close: a connection that ends with unread bytes is reset, and our last frames with it.
            while (_socket.State is WebSocketState.Open or WebSocketState.CloseSent)
            {
                // Awaited without a buffer: an idle socket holds none.
                var first = await _socket.ReceiveAsync(Memory<byte>.Empty, _closing.Token);
                if (first.MessageType is WebSocketMessageType.Close)
                    return;
                // Without a buffer only an empty message comes to its end.
                if (first.EndOfMessage)
                    Close(CloseCode.BadFrame);
                else if (!await ReadFrameAsync())
                    return;
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer has gone, or the writer has ended; either way this loop is done.
        }
    }

    /// <summary>False when the peer closes. Frames of a peer that has broken the rules, or that we are done with, are dropped.</summary>
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
                    Close(CloseCode.BadFrame);
                if (IsEnding)
                    length = 0;
                if (received.EndOfMessage)
                    break;
                if (length == buffer.Length)
                    buffer = Grow(buffer);
            }

            if (IsEnding)
                return true;
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
            {
                await _socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, _closing.Token);
                _edge.Metrics.Sent();
            }

            await SayGoodbyeAsync();
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer has gone, or does not take our bytes: this ends the reader, whatever it waits for.
            await _closing.CancelAsync();
        }
    }

    /// <summary>Says why and closes our side. The reader goes on until the peer has closed its own.</summary>
    private async Task SayGoodbyeAsync()
    {
        if (_socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        if (_closeCode is not CloseCode.Normal && _socket.State is WebSocketState.Open)
            await _socket.SendAsync(Frames.Bye(_closeCode, _retryMilliseconds), WebSocketMessageType.Text, endOfMessage: true, _closing.Token);
        await _socket.CloseOutputAsync((WebSocketCloseStatus)_closeCode, statusDescription: null, _closing.Token);
    }
}
