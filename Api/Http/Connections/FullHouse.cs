using System.Net.Sockets;
using System.Text;
using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Connections;

namespace Ingestion.Api.Http.Connections;

/// <summary>Answers connections beyond the limit with 503, below HTTP: no request is parsed and nothing is stored.</summary>
internal static class FullHouse
{
    // A connected client sends its request at once. A later one is not worth a place.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    // A TLS record of a handshake; an answer in clear would only look like a broken one.
    private const byte Handshake = 0x16;

    private static readonly byte[] _answer = Answer();

    /// <summary>Waits a moment for the request, so that the answer is not overtaken by a reset, and answers it.</summary>
    public static async Task RefuseAsync(ConnectionContext connection, TimeProvider time)
    {
        using var patience = new CancellationTokenSource(_patience, time);
        try
        {
            var read = await connection.Transport.Input.ReadAsync(patience.Token);
            var isPlain = !read.Buffer.IsEmpty && read.Buffer.FirstSpan[0] != Handshake;
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            if (isPlain)
                await connection.Transport.Output.WriteAsync(_answer, patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or InvalidOperationException)
        {
            // Silent, or gone.
        }
    }

    private static byte[] Answer()
    {
        var problem = Problem.TooManyConnections;
        var body = $$"""{"type":"/problems/{{problem.Code}}","title":"{{problem.Title}}","status":{{problem.Status}},"code":"{{problem.Code}}"}""";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {problem.Status} Service Unavailable\r\nContent-Type: application/problem+json\r\nContent-Length: {body.Length}\r\n" +
            $"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nRetry-After: 5\r\nConnection: close\r\n\r\n{body}");
    }
}
