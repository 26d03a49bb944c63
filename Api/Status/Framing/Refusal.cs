using System.IO.Pipelines;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Sockets;

namespace Ingestion.Api.Status.Framing;

/// <summary>
/// Ends a WebSocket as it begins. Browsers show a page nothing of a refused handshake, so what it must know to stop trying comes as a close code.
/// </summary>
internal static class Refusal
{
    /// <summary>False when the peer does not even take that, or has gone.</summary>
    public static async Task<bool> RunAsync(IDuplexPipe connection, CloseCode code, TimeProvider time)
    {
        var taken = false;
        using var grace = new CancellationTokenSource(SocketLimits.CloseGrace, time);
        try
        {
            await connection.Output.WriteAsync((byte[])[.. FrameCodec.Json.Bye(code, retryMilliseconds: null), .. ServerFrame.Close(code)], grace.Token);
            taken = true;
            // Up to the peer's own close; whatever else it sends is discarded.
            while (await connection.Input.ReadAsync(grace.Token) is { IsCompleted: false } read)
                connection.Input.AdvanceTo(read.Buffer.End);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            // Gone, or not interested.
        }

        return taken;
    }
}
