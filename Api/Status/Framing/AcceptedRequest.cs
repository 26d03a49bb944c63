using System.IO.Pipelines;
using Ingestion.Api.Http.Connections;

namespace Ingestion.Api.Status.Framing;

/// <summary>A request whose handshake has been answered.</summary>
internal static class AcceptedRequest
{
    /// <summary>
    /// Runs the socket: behind the request where that can be, so that an idle one does not hold the whole pipeline, else within it. False of
    /// <paramref name="runAsync"/>: the peer does not take what it is sent, and its connection is cut off.
    /// </summary>
    public static async Task RunAsync(HttpContext context, IDuplexPipe connection, Func<Task<bool>> runAsync)
    {
        if (ConnectionTakeover.TryContinue(context, connection, runAsync))
            return;
        ConnectionTakeover.EndPromptly(context);
        if (!await runAsync())
            context.Abort();
    }
}
