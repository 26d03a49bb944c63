using System.IO.Pipelines;
using System.Net.Sockets;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Sockets;

namespace Ingestion.Api.Status.Framing;

/// <summary>
/// Ends a WebSocket as it begins. Browsers show a page nothing of a refused handshake, so what it must know comes as a close code.
/// </summary>
internal static class Refusal
{
    /// <summary>False when the peer does not even take that, or has gone.</summary>
    /// <param name="connection">The new socket.</param>
    /// <param name="codec">How its <c>bye</c> is written.</param>
    /// <param name="code">Why it ends.</param>
    /// <param name="retryMilliseconds">When the client may come again; null: the code alone decides.</param>
    /// <param name="time">The clock.</param>
    public static async Task<bool> RunAsync(IDuplexPipe connection, FrameCodec codec, CloseCode code, int? retryMilliseconds, TimeProvider time)
    {
        var taken = false;
        using var grace = new CancellationTokenSource(SocketLimits.CloseGrace, time);
        try
        {
            await connection.Output.WriteAsync((byte[])[.. codec.Bye(code, retryMilliseconds), .. ServerFrame.Close(code)], grace.Token);
            taken = true;
            await ReadToCloseAsync(connection.Input, grace.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException or OperationCanceledException)
        {
            // Gone, or not interested.
        }

        return taken;
    }

    /// <summary>
    /// Up to the peer's own close, which waits for the end of the connection; whatever else it sends is discarded.
    /// </summary>
    private static async Task ReadToCloseAsync(PipeReader input, CancellationToken cancellationToken)
    {
        using var messages = new MessageReader(SocketLimits.LargestFrame);
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            var message = messages.Take(ref buffer);
            input.AdvanceTo(buffer.Start, message is null ? read.Buffer.End : buffer.Start);
            if (message is { Kind: MessageKind.Close or MessageKind.Broken } || (message is null && read.IsCompleted))
                return;
        }
    }
}
