using System.Globalization;
using Ingestion.Api.Auth;
using Ingestion.Api.Problems;

namespace Ingestion.Api.Status;

/// <summary>Live status.</summary>
internal static class StatusEndpoints
{
    private const string Subprotocol = "ingestion.v1";

    public static IServiceCollection AddStatus(this IServiceCollection services)
    {
        services.AddOptions<SocketOptions>().BindConfiguration("Ingestion:Sockets").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<BackgroundCalls>();
        services.AddSingleton<SocketMetrics>();
        services.AddSingleton<SocketRegistry>();
        return services.AddHostedService(provider => provider.GetRequiredService<SocketRegistry>());
    }

    public static void MapStatus(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/ws", ConnectAsync).RequireAuthorization(Scopes.Read);

    private static async Task<IResult> ConnectAsync(HttpContext context, SocketRegistry sockets)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            return Problem.WebSocketExpected.ToResult();
        if (!context.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol))
            return Problem.SubprotocolUnsupported.ToResult();
        var expires = long.Parse(context.User.FindFirst("exp")!.Value, CultureInfo.InvariantCulture);
        // Our pings are frames of the protocol and carry more; the transport's own are off.
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = Subprotocol, KeepAliveInterval = TimeSpan.Zero });
        await sockets.RunAsync(socket, context.User.UserId(), expires, context.RequestAborted);
        return TypedResults.Empty;
    }
}
