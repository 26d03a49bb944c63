using Ingestion.Api.Admission;
using Ingestion.Api.Auth;
using Ingestion.Api.Connections;
using Ingestion.Api.Http;
using Ingestion.Api.Http.Connections;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Status.Broadcasts;
using Ingestion.Api.Status.Channels;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Events;
using Ingestion.Api.Status.Framing;
using Ingestion.Api.Status.Lanes;
using Ingestion.Api.Status.Places;
using Ingestion.Api.Videos.Links;
using Ingestion.Silos;
using Ingestion.Status;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Status.Sockets;

/// <summary>Live status.</summary>
internal static class StatusEndpoints
{
    public static IServiceCollection AddStatus(this IServiceCollection services)
    {
        services.AddOptions<SocketOptions>().BindConfiguration("Ingestion:Sockets").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<SocketOptions>>().Value);
        services.AddSingleton<BackgroundCalls>();
        services.AddSingleton<BroadcastHub>();
        services.AddSingleton(CreateQueueBudget);
        services.AddSingleton<SocketMetrics>();
        services.AddSingleton<AcceptRate>();
        services.AddSingleton<SocketProbe>();
        services.AddSingleton<OwnVideos>();
        services.AddSingleton<PlaceTable>();
        services.AddSingleton<IPlaceTable>(provider => provider.GetRequiredService<PlaceTable>());
        services.AddHostedService(provider => provider.GetRequiredService<PlaceTable>());
        services.AddSingleton<StatusSocket.Factory>();
        services.AddSingleton<StreamPlaces>();
        services.AddSingleton<Tickets>();
        services.AddSingleton<EventCallers>();
        services.AddSingleton<SocketRegistry>();
        services.AddSingleton<VisibleRefusals>();
        services.AddSingleton<ISocketLoad>(provider => provider.GetRequiredService<SocketRegistry>());
        return services.AddHostedService(provider => provider.GetRequiredService<SocketRegistry>());
    }

    public static void MapStatus(this IEndpointRouteBuilder routes) => routes
        .MapMethods("/ws", [HttpMethods.Get, HttpMethods.Connect], ConnectAsync)
        .RequireAuthorization(Scopes.Watch)
        .IsNewWork(NewWork.Subscriber)
        .LimitedBy(RateKind.Connect)
        .WithoutHead()
        .WithMetadata(VisibleRefusals.Marker)
        .WithTags(Tags.Status)
        .Operation("openSocket", "Opens a WebSocket of the subprotocol ingestion.v1: no plain GET. Its frames are described in docs/use/status.md.")
        .WithParameters(
            Parameter.Field("Upgrade", "websocket", isRequired: true),
            Parameter.Field(
                "Sec-WebSocket-Protocol", "ingestion.v1, and bearer.{base64url of the token} where the client can't set Authorization.", isRequired: true))
        .Answers(StatusCodes.Status101SwitchingProtocols, "The connection is a WebSocket now.")
        .WithAnswerFields(new AnswerField("Sec-WebSocket-Protocol", "The subprotocol that was taken."))
        .Refuses(Problem.WebSocketExpected, Problem.WebSocketVersionUnsupported, Problem.WebSocketHandshakeInvalid, Problem.SubprotocolUnsupported,
            Problem.TooManyConnections);

    private static QueueBudget CreateQueueBudget(IServiceProvider services)
    {
        var pressure = services.GetRequiredService<IMemoryPressure>();
        var queues = new QueueBudget(services.GetRequiredService<SocketOptions>().QueueMebibytes * 1024L * 1024, pressure);
        pressure.Changed += queues.Follow;
        queues.Follow(pressure.Level);
        return queues;
    }

    private static async Task<Results<EmptyHttpResult, ProblemResult>> ConnectAsync(
        HttpContext context, SocketRegistry sockets, IGrainFactory grains, EventMedia media, AcceptRate rate, SocketOptions options, TimeProvider time)
    {
        if (HandshakeRules.Refuse(context) is { } refusal)
            return refusal;
        var offer = Offer.Of(context, options.Deflate);
        if (!offer.IsWellFormed)
            return Problem.WebSocketHandshakeInvalid.ToResult("Sec-WebSocket-Extensions breaks the grammar of RFC 6455, section 9.1.");
        if (offer.Subprotocol is not { } subprotocol)
            return Problem.SubprotocolUnsupported.ToResult();
        if (rate.Take() is { } delay)
            return (Problem.TooManyConnections with { RetryAfter = delay }).ToResult();
        var caller = SocketCaller.Of(context.User);
        if (!await caller.MayStayAsync(grains))
        {
            context.Response.Headers.WWWAuthenticate = BearerEvents.InvalidToken;
            return Problem.TokenRevoked.ToResult();
        }

        var addresses = await media.OfAsync(caller);
        if (!ConnectionTakeover.TryLast(context))
            return (Problem.TooManyConnections with { RetryAfter = AcceptRate.Delay() }).ToResult();
        if (await Handshake.AcceptAsync(context, subprotocol, offer.Extensions) is not { } connection)
            return Problem.WebSocketExpected.ToResult();
        // From here on it is the registry's to end, with a close code.
        context.Features.Get<LiveRequest>()?.Dispose();
        await AcceptedRequest.RunAsync(context, connection, () => offer.Codec is { } codec
            ? sockets.RunAsync(new AcceptedSocket(connection, codec, addresses), caller)
            : Refusal.RunAsync(connection, FrameCodec.Json, CloseCode.Version, retryMilliseconds: null, time));
        return TypedResults.Empty;
    }
}
