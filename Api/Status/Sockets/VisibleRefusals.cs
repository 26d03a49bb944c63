using Ingestion.Api.Auth;
using Ingestion.Api.Connections;
using Ingestion.Api.Problems;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Framing;

namespace Ingestion.Api.Status.Sockets;

/// <summary>
/// Refuses sockets of browsers in a way that a page can see. Of a refused handshake it learns nothing, as if the network had failed, and would come back for
/// ever with a dead token. So the handshake is accepted, and the socket closed with the code of the reason. Clients that set <c>Authorization</c> can read an
/// answer, and get it.
/// </summary>
internal sealed class VisibleRefusals(SocketOptions options, SocketMetrics metrics, TimeProvider time) : IProblemAnswer
{
    // Each holds a connection for up to the grace of a close. Beyond them clients get the plain answer.
    private const int MostAtOnce = 1_000;

    /// <summary>Metadata of the endpoint whose refusals these are.</summary>
    public static readonly object Marker = new SocketEndpoint();

    private int _running;

    /// <summary>For a request of a browser: a token among the subprotocols, or none at all but a page's origin.</summary>
    public static bool IsFor(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<SocketEndpoint>() is not null
        && HandshakeRules.IsAttempt(context)
        && context.Request.Headers.Authorization.Count == 0
        && (context.Request.Headers.Origin.Count > 0
            || context.WebSockets.WebSocketRequestedProtocols.Any(name => name.StartsWith(BearerEvents.SubprotocolPrefix, StringComparison.Ordinal)));

    public async Task<bool> TryAnswerAsync(HttpContext context, Problem problem)
    {
        if (context.Response.HasStarted || CodeOf(problem, context) is not { } code || !HandshakeRules.IsMet(context))
            return false;
        var offer = Offer.Of(context, options.Deflate);
        if (offer.Subprotocol is not { } subprotocol)
            return false;
        if (Interlocked.Increment(ref _running) > MostAtOnce)
        {
            Interlocked.Decrement(ref _running);
            return false;
        }

        context.Response.Headers.WWWAuthenticate = default;
        if (await Handshake.AcceptAsync(context, subprotocol, offer.Extensions) is not { } connection)
        {
            Interlocked.Decrement(ref _running);
            return false;
        }

        context.Features.Get<LiveRequest>()?.Dispose();
        metrics.Ended(code);
        var retry = problem.RetryAfter is { } delay ? (int?)delay.TotalMilliseconds : null;
        await AcceptedRequest.RunAsync(context, connection, async () =>
        {
            try
            {
                return await Refusal.RunAsync(connection, offer.Codec ?? FrameCodec.Json, code, retry, time);
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        });
        return true;
    }

    private static CloseCode? CodeOf(Problem problem, HttpContext context) => problem.Code switch
    {
        _ when problem.Code == Problem.TokenMissing.Code || problem.Code == Problem.TokenInvalid.Code => CloseCode.InvalidToken,
        _ when problem.Code == Problem.TokenExpired.Code => CloseCode.TokenExpired,
        _ when problem.Code == Problem.TokenRevoked.Code => CloseCode.Revoked,
        _ when problem.Code == Problem.ScopeMissing.Code => CloseCode.Forbidden,
        _ when problem.Code == Problem.TooManyConnections.Code || problem.Code == Problem.MemoryShort.Code => CloseCode.TooManyConnections,
        // Of callers whose token is good. A flood of bad ones gets what costs least.
        _ when problem.Code == Problem.RateLimited.Code && context.User.Identity is { IsAuthenticated: true } => CloseCode.TooManyConnections,
        _ when problem.Code == Problem.Unavailable.Code || problem.Code == Problem.Internal.Code => CloseCode.Internal,
        _ => null,
    };

    private sealed class SocketEndpoint;
}

/// <summary>Where in the pipeline refusals become visible.</summary>
internal static class VisibleRefusalsRegistration
{
    /// <summary>Behind routing, before everything that refuses.</summary>
    public static void UseVisibleRefusals(this IApplicationBuilder app)
    {
        var refusals = app.ApplicationServices.GetRequiredService<VisibleRefusals>();
        app.Use((context, next) =>
        {
            if (VisibleRefusals.IsFor(context))
                context.Features.Set<IProblemAnswer>(refusals);
            return next(context);
        });
    }
}
